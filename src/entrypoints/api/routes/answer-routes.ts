import type { z } from "zod";
import { roleCovers } from "../../../core/access/roles.ts";
import { Failure } from "../../../core/failures.ts";
import { answerWords } from "../../../core/serving/answer-words.ts";
import { answerQuerySchema, answersSchema } from "../../../schemas/api/answer-schemas.ts";
import type { RouteModule } from "../api-parts.ts";
import { describeRoute } from "../describe-route.ts";
import { copied, timeText } from "../views.ts";

/** Rows of one request that are shown. */
const MOST = 50;

/** What was answered to whom asks about one answer, and why. */
export const answerRoutes: RouteModule = (app, { finder }) => {
  const find = describeRoute({
    role: "viewer",
    tag: "gateways",
    id: "findAnswers",
    summary:
      "An answer by its id, its request's or the caller's key: what, when, by which version, and why, in sentences",
    description:
      "From the prediction log that the server reads. Features are shown from the role operator on. What a feature did to a score is not in the log.",
  });
  app.route({
    method: "GET",
    url: "/v1/answers",
    config: find.config,
    schema: { ...find.words, querystring: answerQuerySchema, response: { 200: answersSchema, ...find.problems } },
    handler: async ({ query, actor }) => {
      const found = (await finder?.find(query.id, MOST + 1)) ?? [];
      if (found.length === 0) {
        throw new Failure("NOT_FOUND", {
          message: "the log holds no answer of this id",
          mend: [
            "it may be a few seconds young, older than the log is kept, or of a gateway that logs elsewhere",
            "the id stands in the answer: id of a prediction, or the key that the caller gave",
          ],
        });
      }
      const all = roleCovers(actor.role, "operator");
      const answers = found.slice(0, MOST).map((one) => {
        const { id, request, key, model, version, cohort, arm, overrides } = one;
        const features = all ? one.features : null;
        return {
          id,
          request,
          key,
          at: timeText(one.at),
          model,
          version,
          cohort,
          arm,
          overrides,
          says: answerWords(one),
          features,
        };
      });
      return copied<z.infer<typeof answersSchema>>({ answers, cut: found.length > MOST });
    },
  });
};

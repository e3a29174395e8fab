import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { Readable } from "node:stream";
import { z } from "zod";
import { Failure } from "../../../core/failures.ts";
import { digestSchema, exampleFile } from "../../../schemas/api/registry-schemas.ts";
import type { RouteModule } from "../api-parts.ts";
import { Refusal } from "../refusal.ts";
import { describeRoute } from "../describe-route.ts";

const tag = "registry";

/** Files: models, verdicts, evidence. */
export const artifactRoutes: RouteModule = (app, { plane, limits }) => {
  const send = describeRoute({
    role: "operator",
    tag,
    id: "putArtifact",
    repeat: "harmless",
    summary: "Send a file; it is kept under the SHA-256 of its content",
    description:
      "The body is the file itself, content type application/octet-stream. The same file twice is kept once.",
  });
  app.route({
    method: "POST",
    url: "/v1/artifacts",
    config: send.config,
    bodyLimit: limits.artifactBytes,
    schema: {
      ...send.words,
      consumes: ["application/octet-stream"],
      response: { 201: z.object({ digest: digestSchema, bytes: z.number().int() }), ...send.problems },
    },
    handler: async ({ body, headers }, reply) => {
      const limit = limits.artifactBytes.toLocaleString("en-US");
      const tooLarge = { message: `the file is larger than the limit of ${limit} bytes` };
      // A file that is said to be too large is refused before it is sent.
      if (Number(headers["content-length"] ?? 0) > limits.artifactBytes)
        throw new Refusal(413, "TOO_LARGE", tooLarge, { connection: "close" });
      if (!(body instanceof Readable)) {
        throw new Failure("USAGE", {
          message: "the body is not a file",
          mend: ["content-type: application/octet-stream"],
        });
      }
      return reply.code(201).send(await plane.artifacts.put(body, limits.artifactBytes));
    },
  });

  const get = describeRoute({ role: "operator", tag, id: "getArtifact", summary: "A file by its digest" });
  app.route({
    method: "GET",
    url: "/v1/artifacts/:digest",
    config: get.config,
    schema: {
      ...get.words,
      params: z.object({
        digest: digestSchema.meta({ description: "SHA-256 of its content", examples: [exampleFile.digest] }),
      }),
      produces: ["application/octet-stream"],
    },
    handler: async ({ params }, reply) => {
      const path = plane.artifacts.path(params.digest);
      const { size } = await stat(path);
      return reply
        .header("content-type", "application/octet-stream")
        .header("content-length", size)
        .send(createReadStream(path));
    },
  });
};

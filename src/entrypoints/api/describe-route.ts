import type { FastifyContextConfig } from "fastify";
import type { Role } from "../../core/access/roles.ts";
import { problemAnswers } from "./problem-answers.ts";

interface RouteWords {
  readonly role: Role | "public";
  readonly tag: string;
  /** Name of the operation in generated clients: `listModels`. */
  readonly id: string;
  readonly summary: string;
  readonly description?: string;
  /** Of a POST: what it does the second time, where that is nothing, or its answer must not be kept. */
  readonly repeat?: "harmless" | "refused";
}

interface DescribedRoute {
  readonly config: FastifyContextConfig;
  readonly words: {
    readonly tags: string[];
    readonly operationId: string;
    readonly summary: string;
    readonly description: string;
    readonly security?: [];
  };
  readonly problems: typeof problemAnswers;
}

/** What every route says about itself: the role that it takes, and its words in the description. */
export function describeRoute({ role, tag, id, summary, description = "", repeat }: RouteWords): DescribedRoute {
  const least = role === "public" ? "No key is asked for." : `Role: ${role}.`;
  return {
    config: { role, ...(repeat === undefined ? {} : { repeat }) },
    words: {
      tags: [tag],
      operationId: id,
      summary,
      description: description === "" ? least : `${description} ${least}`,
      ...(role === "public" ? { security: [] } : {}),
    },
    problems: problemAnswers,
  };
}

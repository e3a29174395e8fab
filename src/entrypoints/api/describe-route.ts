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
export function describeRoute({ role, tag, id, summary, description = "" }: RouteWords): DescribedRoute {
  const least = role === "public" ? "No key is asked for." : `Role: ${role}.`;
  return {
    config: { role },
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

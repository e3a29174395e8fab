import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { Failure, type FailureCode, failureCodes } from "../../core/failures.ts";
import { type Problem, problemSchema } from "../../schemas/api/problem.ts";

/** The HTTP status of each failure. */
export const statusOf: Readonly<Record<FailureCode, number>> = {
  USAGE: 400,
  POLICY: 422,
  CONTRACT: 422,
  FILE_MISSING: 404,
  FILE_UNREADABLE: 422,
  FILE_EMPTY: 422,
  COLUMN_MISSING: 422,
  COLUMN_TYPE: 422,
  DATA: 422,
  MODEL: 422,
  NOT_SUPPORTED: 501,
  WRITE: 507,
  RECORD: 422,
  INTERRUPTED: 503,
  NOT_FOUND: 404,
  CONFLICT: 409,
  KEY: 401,
  ROLE: 403,
  TOO_LARGE: 413,
  STATE: 503,
  SERVER: 502,
  CHANNEL: 502,
  STEP: 422,
};

/** The answers that every route may give, for its description. */
export const problemAnswers = Object.fromEntries(
  ([400, 401, 403, 404, 409, 413, 422, 500] as const).map((status) => [
    status,
    { description: "A problem", content: { "application/problem+json": { schema: problemSchema } } },
  ]),
);

/** What fastify itself refuses, in our codes. */
const frameworkCodes: Readonly<Record<string, readonly [FailureCode, string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: ["TOO_LARGE", "the body is larger than this route takes"],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ["USAGE", "the body has a content type that this route does not take"],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ["USAGE", "the body has another length than its header says"],
  FST_ERR_CTP_EMPTY_JSON_BODY: ["USAGE", "the body is empty; this route takes JSON"],
  FST_ERR_CTP_INVALID_JSON_BODY: ["USAGE", "the body is no JSON"],
  FST_ERR_CTP_EMPTY_TYPE: ["USAGE", "the body has no content type"],
  FST_ERR_BAD_URL: ["USAGE", "the path is badly encoded"],
  FST_ERR_MAX_PARAM_LENGTH: ["USAGE", "a part of the path is too long"],
};

/** Answers a thrown error as a problem. What is no failure of ours is told to `onBug` and says nothing of the inside. */
export function sendProblem(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  onBug: (error: unknown) => void,
): FastifyReply {
  const problem = problemOf(error, request.id) ?? bug(request.id);
  if (problem.code === "BUG") {
    request.log.error({ err: error }, "a bug of ours");
    onBug(error);
  }
  if (problem.code === "KEY") void reply.header("www-authenticate", 'Bearer realm="umpire"');
  return reply.code(problem.status).header("content-type", "application/problem+json").send(JSON.stringify(problem));
}

function problemOf(error: unknown, instance: string): Problem | null {
  if (error instanceof Failure) return ofFailure(error, instance);
  const { code, message, validation, validationContext, statusCode } = error as Partial<FastifyError>;
  if (validation !== undefined) {
    const errors = validation.map((issue) => ({
      pointer: `/${validationContext ?? "body"}${issue.instancePath}`,
      detail: String(issue.message),
    }));
    const detail = errors.map((one) => `${one.pointer}: ${one.detail}`).join("; ");
    return { ...plain("USAGE", detail, instance), errors };
  }
  const known = frameworkCodes[code ?? ""];
  if (known !== undefined) return { ...plain(known[0], known[1], instance), ...statusIf(statusCode, [415]) };
  // secure-json-parse and node refuse some bodies without a code of fastify.
  if (statusCode === 400) return plain("USAGE", String(message), instance);
  return null;
}

/** 415 says more than 400 does. */
function statusIf(status: number | undefined, kept: readonly number[]): { readonly status?: number } {
  return status !== undefined && kept.includes(status) ? { status } : {};
}

function ofFailure(failure: Failure, instance: string): Problem {
  const detail = failure.where === undefined ? failure.message : `${failure.where}: ${failure.message}`;
  const errors = failure.others.map((one) => ({ pointer: one.where ?? "", detail: one.message }));
  return { ...plain(failure.code, detail, instance), mend: [...failure.mend], errors };
}

function plain(code: FailureCode, detail: string, instance: string): Problem {
  return {
    type: `urn:umpire:failure:${code}`,
    title: failureCodes[code],
    status: statusOf[code],
    detail,
    code,
    mend: [],
    errors: [],
    instance,
  };
}

function bug(instance: string): Problem {
  return {
    type: "urn:umpire:failure:BUG",
    title: "A bug of ours.",
    status: 500,
    detail: "a bug of ours; the server's own log has it under this id",
    code: "BUG",
    mend: ["please report it with the line of the log"],
    errors: [],
    instance,
  };
}

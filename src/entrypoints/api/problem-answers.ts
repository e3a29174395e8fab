import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { Failure, type FailureCode, failureCodes } from "../../core/failures.ts";
import { type Problem, problemSchema } from "../../schemas/api/problem.ts";
import { Refusal } from "./refusal.ts";

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
  Object.entries({
    400: "The request does not fit",
    401: "A key is needed, or the one that was given does not count",
    403: "The key's role may not do this, or a page of another origin asks",
    404: "There is nothing of this name",
    409: "The state is another than the change supposes",
    413: "The body is too large",
    415: "The body has another content type, charset or encoding than is taken",
    422: "What the request names cannot be used as it is",
    429: "Too many streams of events are open",
    500: "A bug of ours",
    501: "This server does not do that",
    502: "Another server that is needed did not answer",
    503: "The state cannot be used now",
    507: "The change could not be written down",
  }).map(([status, description]) => [
    status,
    { description, content: { "application/problem+json": { schema: problemSchema } } },
  ]),
);

/** What fastify itself refuses, in our codes. */
const frameworkCodes: Readonly<Record<string, readonly [FailureCode, string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: ["TOO_LARGE", "the body is larger than this route takes"],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ["USAGE", "the body has a content type that this route does not take"],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ["USAGE", "the body has another length than its header says"],
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
  const problem = problemOf(error, request.id);
  if (error instanceof Refusal) void reply.headers(error.headers);
  if (problem.code === "BUG") {
    request.log.error({ err: error }, "a bug of ours");
    onBug(error);
  }
  if (problem.code === "KEY") void reply.header("www-authenticate", 'Bearer realm="umpire"');
  return reply.code(problem.status).header("content-type", "application/problem+json").send(JSON.stringify(problem));
}

/** Any error as a problem; one that is no failure of ours is a bug, and says nothing of the inside. */
export function problemOf(error: unknown, instance: string): Problem {
  if (error instanceof Failure) return ofFailure(error, instance);
  const { code, message, statusCode } = (error ?? {}) as Partial<FastifyError>;
  const known = frameworkCodes[code ?? ""];
  if (known !== undefined) return { ...plain(known[0], known[1], instance), ...statusIf(statusCode, [415]) };
  // The client went away in the middle of its body: there is nobody to answer, and nothing of ours is wrong.
  if (code === "ECONNRESET" && message === "aborted") return plain("USAGE", "the request was cut off", instance);
  // secure-json-parse and node refuse some bodies without a code of fastify.
  if (statusCode === 400) return plain("USAGE", String(message), instance);
  return bug(instance);
}

/** 415 says more than 400 does. */
function statusIf(status: number | undefined, kept: readonly number[]): { readonly status?: number } {
  return status !== undefined && kept.includes(status) ? { status } : {};
}

function ofFailure(failure: Failure, instance: string): Problem {
  const detail = failure.where === undefined ? failure.message : `${failure.where}: ${failure.message}`;
  const errors = failure.others.map((one) => ({ pointer: one.where ?? "", detail: one.message }));
  const status = failure instanceof Refusal ? { status: failure.status } : {};
  return { ...plain(failure.code, detail, instance), ...status, mend: [...failure.mend], errors };
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

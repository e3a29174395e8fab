import { createHash } from "node:crypto";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { KeptAnswer, KeptAnswers } from "../../app/ports/kept-answers.ts";
import { canonicalJson } from "../../core/audit/canonical-json.ts";
import { Failure, type FailureDetails } from "../../core/failures.ts";
import type { ApiApp, ApiParts } from "./api-parts.ts";
import { Refusal } from "./refusal.ts";

const HEADER = "idempotency-key";

/** The header as the description shows it, at every route that keeps its answers. */
export const idempotencyHeader = {
  type: "object",
  properties: {
    [HEADER]: {
      type: "string",
      minLength: 1,
      maxLength: 255,
      description:
        "A key of your own, such as a UUID. The same request with the same key within 24 hours is not done again: it gets the answer that was given, marked `idempotency-replayed: true`. Another request with that key is refused with 422; one that is still under way, or was cut off by a stop of the server, with 409. A refusal keeps nothing: it changed nothing.",
      examples: ["8e03978e-40d5-43dd-bc93-6894a57f9324"],
    },
  },
} as const;

/** True for routes that would do something twice: not those that read, or whose second time changes nothing. */
export function keepsAnswers(method: string, repeat: "harmless" | "refused" | undefined): boolean {
  return method === "POST" && repeat === undefined;
}

/**
 * Lets clients send a change again whose answer they did not get (draft-ietf-httpapi-idempotency-key-header). What was
 * done is answered from what was kept, per key of access, also after a restart. Runs after roles and forms were checked.
 */
export function keepAnswers(app: ApiApp, answers: KeptAnswers, { clock }: Pick<ApiParts["plane"], "clock">): void {
  const claimed = new WeakMap<FastifyRequest, string>();
  const keep = (request: FastifyRequest, id: string, answer: KeptAnswer): void => {
    try {
      answers.finish(id, answer);
    } catch (err) {
      // It was done, and is said so; sent again, it is answered as interrupted.
      request.log.error({ err }, "an answer could not be kept");
    }
  };
  app.addHook("preHandler", async (request, reply) => {
    const given = request.headers[HEADER];
    if (given === undefined || request.method !== "POST") return;
    const { repeat } = request.routeOptions.config;
    if (repeat === "harmless") return;
    if (repeat === "refused") throw refused("this answer holds a secret that is shown once, so that it is not kept");
    const id = digestOf([request.actor.name, keyOf(given)]);
    const claim = answers.claim(id, digestOf([request.url, request.body]), clock.now());
    switch (claim.state) {
      case "new":
        claimed.set(request, id);
        return;
      case "answered":
        return replay(reply, claim.answer);
      case "other":
        throw new Refusal(422, "USAGE", {
          message: "the idempotency key came with another request before",
          mend: ["a new key for each change"],
        });
      case "under-way":
        throw new Failure("CONFLICT", { message: "the same request is under way", mend: ["ask again in a second"] });
      case "interrupted":
        throw new Failure("CONFLICT", {
          message: "the server stopped while it did this, and whether it was done is not known",
          mend: ["look: GET /v1/audit", "then, where it was not done, send it with a new key"],
        });
    }
  });
  app.addHook("onSend", async (request, reply, payload) => {
    const id = claimed.get(request);
    if (id === undefined) return payload;
    claimed.delete(request);
    const { statusCode } = reply;
    // What was refused or failed changed nothing: changes are whole or not at all.
    if (statusCode < 200 || statusCode >= 300) answers.release(id);
    else
      keep(request, id, { status: statusCode, type: String(reply.getHeader("content-type")), body: String(payload) });
    return payload;
  });
}

function replay(reply: FastifyReply, { status, type, body }: KeptAnswer) {
  // Sent as it was: not through the schema again.
  return reply
    .code(status)
    .header("content-type", type)
    .header("idempotency-replayed", "true")
    .serializer(String)
    .send(body);
}

/** The draft writes it in quotes, most clients do not. @throws Failure USAGE */
function keyOf(header: string | readonly string[]): string {
  const text = typeof header === "string" ? header.replace(/^"(.*)"$/, "$1") : "";
  if (/^[\x21-\x7E]{1,255}$/.test(text)) return text;
  throw new Failure("USAGE", { message: "Idempotency-Key takes 1 to 255 letters, digits and signs without spaces" });
}

function refused(message: string): Failure {
  const details: FailureDetails = { message, mend: ["send it without Idempotency-Key"] };
  return new Failure("USAGE", details);
}

function digestOf(value: unknown): string {
  return createHash("sha256").update(canonicalJson(value)).digest("hex");
}

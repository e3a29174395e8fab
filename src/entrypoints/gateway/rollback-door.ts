import type { GatewayLimits } from "../../app/serving/gateway-limits.ts";
import type { GatewayRollbacks, RollbackHere } from "../../app/serving/gateway-rollbacks.ts";
import { Failure } from "../../core/failures.ts";
import { RequestFailure } from "../../core/serving/feature-record.ts";
import { asObject, refuseUnknownKeys } from "../../schemas/serving/as-object.ts";
import { type Exchange, parseJson, readBody, sendJson } from "./http-exchange.ts";

const LONGEST = 500;
const known = new Set(["to", "cohort", "reason", "by"]);
const statuses: Readonly<Record<string, number>> = { NOT_FOUND: 404, CONFLICT: 409, WRITE: 503 };

/**
 * The way back at the gateway itself: `GET /v1/models/NAME/rollback` says what would follow, `POST` does it. The same
 * question and answer as the server's, so that it can be asked where the server cannot.
 */
export async function answerRollback(
  exchange: Exchange,
  model: string,
  rollbacks: GatewayRollbacks,
  limits: GatewayLimits,
): Promise<void> {
  try {
    if (exchange.method === "POST") {
      const wish = wishOf(model, asObject(parseJson(await readBody(exchange, limits)), "a rollback"));
      sendJson(exchange, 200, JSON.stringify(rollbacks.rollBack(wish)));
    } else {
      const wish = wishOf(model, Object.fromEntries(new URLSearchParams(exchange.query)));
      sendJson(exchange, 200, JSON.stringify(rollbacks.preview(wish)));
    }
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const { code, message, mend } = error;
    const status = statuses[code] ?? 400;
    const problem = { type: "about:blank", title: "The rollback was refused", status, detail: message, code, mend };
    sendJson(exchange, status, JSON.stringify(problem), { "content-type": "application/problem+json" });
  }
}

function wishOf(model: string, document: Readonly<Record<string, unknown>>): RollbackHere {
  refuseUnknownKeys(document, known, "a rollback");
  const text = (key: string): string | null => {
    const value = document[key] ?? null;
    if (value === null) return null;
    if (typeof value === "string" && value.trim() !== "" && value.length <= LONGEST) return value;
    throw new RequestFailure(`\`${key}\` of a rollback is a text of at most ${LONGEST} characters`);
  };
  return {
    model,
    to: text("to"),
    cohort: text("cohort"),
    reason: text("reason") ?? "rolled back by hand",
    by: text("by") ?? "someone",
  };
}

import { RequestFailure } from "../../core/serving/feature-record.ts";
import type { OverrideBook } from "../../core/serving/overrides.ts";
import type { LogEvent } from "../../core/serving/prediction-event.ts";
import type { Clock } from "../ports/clock.ts";
import type { PredictionLog } from "../ports/prediction-log.ts";
import type { ServingTelemetry } from "../ports/serving-telemetry.ts";
import { answerPlans, askedSlot } from "./answer-plans.ts";
import { countRows } from "./count-rows.ts";
import type { PredictReply, PredictRequest } from "./predict-request.ts";
import { predictionEvents } from "./prediction-events.ts";
import { planRows } from "./row-plan.ts";
import { overriddenOutputs, rowReply } from "./row-reply.ts";
import type { ServedModel } from "./served-model.ts";
import type { ShadowQueue } from "./shadow-queue.ts";

export interface PathParts {
  readonly models: ReadonlyMap<string, ServedModel>;
  /** The overrides in force; asked for at every request, so that a change counts at once. */
  readonly overrides: () => OverrideBook;
  readonly log: PredictionLog;
  readonly telemetry: ServingTelemetry;
  readonly shadows: ShadowQueue;
  readonly clock: Clock;
  readonly newId: () => string;
  /** Requests under way; more are shed. */
  readonly concurrency: number;
}

/** The gateway has more to do than it can: 503, try again. */
export class Overload extends Error {
  readonly retryAfterSeconds = 1;
}

/** The answer could not be kept, and the log's mode promises that it is: no answer then. */
export class Unlogged extends Error {}

/** What happens to every request, whatever door it came by: check, prepare, route, answer, override, log, shadow. */
export class PredictionPath {
  readonly #parts: PathParts;
  #inFlight = 0;

  constructor(parts: PathParts) {
    this.#parts = parts;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  model(name: string): ServedModel {
    const model = this.#parts.models.get(name);
    if (model === undefined) throw new RequestFailure(`there is no model "${name.slice(0, 100)}"`, 404);
    return model;
  }

  /** @throws RequestFailure (client), Overload, VersionRefusal (no version could answer), Unlogged */
  async predict(request: PredictRequest): Promise<PredictReply> {
    const { clock, telemetry, concurrency } = this.#parts;
    if (this.#inFlight >= concurrency) {
      telemetry.shed("concurrency");
      throw new Overload(`${this.#inFlight} requests are under way`);
    }
    this.#inFlight++;
    const started = clock.monotonic();
    try {
      return await this.#answer(request, started);
    } catch (error) {
      this.#countUnanswered(request, error, clock.monotonic() - started);
      throw error;
    } finally {
      this.#inFlight--;
    }
  }

  async #answer(request: PredictRequest, started: number): Promise<PredictReply> {
    const { clock, telemetry } = this.#parts;
    const model = this.model(request.model);
    if (request.version !== null && model.slot(request.version) === undefined) {
      throw new RequestFailure(`model "${model.name}" has no version "${request.version.slice(0, 100)}"`, 404);
    }
    const asked = askedSlot(model, request);
    const id = this.#parts.newId();
    const records = request.rows.records ?? asked.model.decode(request.rows.tensors ?? []);
    const book = this.#parts.overrides();
    const now = clock.now();
    const plans = planRows(model, request, records, id, (unit) => book.isOptedOut(model.name, unit, now));
    const { answers, outputs } = await answerPlans(model, request, asked, plans, (reason) =>
      telemetry.fallback(model.name, reason),
    );
    const milliseconds = clock.monotonic() - started;
    const replies = plans.map((plan) => {
      const rowId = plans.length === 1 ? id : `${id}:${plan.row}`;
      return rowReply(model, plan, answers[plan.row], rowId, book, now);
    });
    const at = clock.now();
    const logged = await this.#log(predictionEvents({ model, request, id, plans, answers, replies, at, milliseconds }));
    countRows(telemetry, model.name, replies, milliseconds);
    this.#parts.shadows.offer(model, request, plans, replies, asked);
    return { request: id, rows: replies, outputs: overriddenOutputs(outputs, asked, replies), logged };
  }

  /** What has no answer is counted too: where nobody stands in, an outage shows nowhere else. */
  #countUnanswered(request: PredictRequest, error: unknown, milliseconds: number): void {
    const { models, telemetry } = this.#parts;
    // The name is the client's until a model has it.
    if (!models.has(request.model) || (error instanceof RequestFailure && error.status === 404)) return;
    const outcome = error instanceof RequestFailure && error.status < 500 ? "invalid" : "error";
    const none = { model: request.model, version: "none", variant: "none", outcome } as const;
    telemetry.prediction(none, request.rows.count, milliseconds / 1000);
  }

  /** @returns false where it could not be kept and the mode lets an answer go out all the same */
  async #log(events: readonly LogEvent[]): Promise<boolean> {
    try {
      await this.#parts.log.append(events);
      return true;
    } catch (error) {
      if (this.#parts.log.mode === "durable")
        throw new Unlogged(error instanceof Error ? error.message : String(error));
      return false;
    }
  }
}

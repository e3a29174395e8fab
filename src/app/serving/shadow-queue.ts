import { isSampled } from "../../core/serving/route.ts";
import type { ShadowEvent } from "../../core/serving/prediction-event.ts";
import { takeRows } from "../../core/serving/tensor.ts";
import type { FeatureRecord } from "../../core/serving/feature-record.ts";
import type { Clock } from "../ports/clock.ts";
import type { Rows } from "../ports/serving-runtime.ts";
import type { PredictionLog } from "../ports/prediction-log.ts";
import type { ServingTelemetry } from "../ports/serving-telemetry.ts";
import { answerOfRow, fitsInputs } from "./answer-rows.ts";
import { loggedAnswer } from "./prediction-events.ts";
import type { PredictRequest, RowReply } from "./predict-request.ts";
import type { RowPlan } from "./row-plan.ts";
import { answerInWords } from "./row-reply.ts";
import type { ServedModel } from "./served-model.ts";
import type { VersionSlot } from "./version-slot.ts";

interface Copy {
  readonly model: ServedModel;
  readonly version: string;
  readonly ids: readonly string[];
  readonly rows: Rows;
}

/** Copies that may wait, over all shadows. */
const mostWaiting = 1000;
/** Copies of one shadow that run at a time: as many as a model takes in one run. */
const mostRunning = 64;
/** Copies gather for so long, because one run of many costs hardly more than one of one. No one waits for them. */
const gatherMilliseconds = 25;

/**
 * Shows sampled copies of requests to shadow versions, after the reply. Bounded: what does not fit is dropped and
 * counted. Whatever a shadow does, the answer is already out.
 */
export class ShadowQueue {
  readonly #log: PredictionLog;
  readonly #telemetry: ServingTelemetry;
  readonly #clock: Clock;
  readonly #waiting: Copy[] = [];
  readonly #running = new Map<string, number>();
  #scheduled = false;
  #gathering: NodeJS.Timeout | undefined;
  #whenIdle: (() => void)[] = [];

  constructor(log: PredictionLog, telemetry: ServingTelemetry, clock: Clock) {
    this.#log = log;
    this.#telemetry = telemetry;
    this.#clock = clock;
  }

  offer(
    model: ServedModel,
    request: PredictRequest,
    plans: readonly RowPlan[],
    replies: readonly RowReply[],
    asked: VersionSlot,
  ): void {
    for (const shadow of model.routing.shadows) {
      const isSeen = (plan: RowPlan): boolean => {
        // The rows of a list go together; others each by its own unit, whatever request they came in.
        const unit = request.list ? plans[0]!.unit : plan.unit;
        return isSampled(shadow.version, shadow.sample, unit ?? replies[request.list ? 0 : plan.row]!.id);
      };
      const seen = plans.filter((plan) => plan.rejected.length === 0 && !plan.optedOut && isSeen(plan));
      if (seen.length === 0) continue;
      if (this.#waiting.length >= mostWaiting) {
        this.#telemetry.shadow(model.name, shadow.version, "dropped");
        continue;
      }
      const rows = rowsOf(model, shadow.version, request, seen, asked);
      if (rows === null) this.#telemetry.shadow(model.name, shadow.version, "failed");
      else this.#waiting.push({ model, version: shadow.version, ids: seen.map((plan) => replies[plan.row]!.id), rows });
    }
    this.#schedule();
  }

  #schedule(): void {
    if (this.#waiting.length === 0) return;
    if (this.#waiting.length >= mostRunning || this.#whenIdle.length > 0) this.#releaseSoon();
    else this.#gathering ??= setTimeout(() => this.#release(), gatherMilliseconds);
  }

  #releaseSoon(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => this.#release());
  }

  /** Starts what waits, as far as each shadow has room. */
  #release(): void {
    this.#scheduled = false;
    clearTimeout(this.#gathering);
    this.#gathering = undefined;
    const later: Copy[] = [];
    for (const copy of this.#waiting.splice(0)) {
      const key = `${copy.model.name}/${copy.version}`;
      const running = this.#running.get(key) ?? 0;
      if (running >= mostRunning) {
        later.push(copy);
        continue;
      }
      this.#running.set(key, running + 1);
      void this.#run(copy).finally(() => {
        this.#running.set(key, this.#running.get(key)! - 1);
        this.#schedule();
        this.#idle();
      });
    }
    this.#waiting.push(...later);
  }

  async #run(copy: Copy): Promise<void> {
    const started = this.#clock.monotonic();
    const event = (
      i: number,
      answer: Pick<ShadowEvent, "prediction" | "classes">,
      error: string | null,
    ): ShadowEvent => ({
      kind: "shadow",
      id: copy.ids[i]!,
      at: this.#clock.now(),
      model: copy.model.name,
      version: copy.version,
      prediction: answer.prediction,
      classes: answer.classes,
      milliseconds: this.#clock.monotonic() - started,
      error,
    });
    let events: ShadowEvent[];
    try {
      const slot = copy.model.slot(copy.version);
      if (slot === undefined) throw new Error("the version was unloaded");
      const answer = await slot.predict(copy.rows, { allOutputs: false });
      events = copy.ids.map((_, i) => {
        const row = answerOfRow(answer, i);
        return event(i, loggedAnswer(copy.model.options.task, row.scores, answerInWords(slot.model, row)), null);
      });
      this.#telemetry.shadow(copy.model.name, copy.version, "answered");
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      events = copy.ids.map((_, i) => event(i, { prediction: null, classes: null }, message.slice(0, 200)));
      this.#telemetry.shadow(copy.model.name, copy.version, "failed");
    }
    await this.#log.append(events).catch(() => {});
  }

  /** Resolves when no copy waits or runs. */
  async drain(): Promise<void> {
    if (this.#isIdle()) return;
    await new Promise<void>((resolve) => {
      this.#whenIdle.push(resolve);
      this.#schedule();
    });
  }

  #isIdle(): boolean {
    return this.#waiting.length === 0 && [...this.#running.values()].every((count) => count === 0);
  }

  #idle(): void {
    if (this.#isIdle()) for (const done of this.#whenIdle.splice(0)) done();
  }
}

function rowsOf(
  model: ServedModel,
  version: string,
  request: PredictRequest,
  plans: readonly RowPlan[],
  asked: VersionSlot,
): Rows | null {
  const target = model.slot(version)?.model;
  if (target === undefined) return null;
  const { tensors, parameters } = request.rows;
  const own = parameters === undefined ? {} : { parameters };
  const unchanged = plans.every((plan) => plan.prepared === plan.raw);
  if (tensors !== undefined && unchanged && (target === asked.model || fitsInputs(target, tensors))) {
    const rows = plans.map((plan) => plan.row);
    const isWhole = rows.length === request.rows.count;
    return { count: rows.length, tensors: isWhole ? tensors : tensors.map((tensor) => takeRows(tensor, rows)), ...own };
  }
  if (plans.some((plan) => plan.prepared === null)) return null;
  const records = plans.map((plan) => plan.prepared as FeatureRecord);
  return { count: records.length, records, ...own };
}

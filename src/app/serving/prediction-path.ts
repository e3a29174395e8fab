import { RequestFailure } from "../../core/serving/feature-record.ts";
import type { FeatureRecord } from "../../core/serving/feature-record.ts";
import type { OverrideBook, OverrideEffect } from "../../core/serving/overrides.ts";
import type { LogEvent, PredictionEvent } from "../../core/serving/prediction-event.ts";
import { isTexts, joinRows, takeRows, type Tensor } from "../../core/serving/tensor.ts";
import type { Clock } from "../ports/clock.ts";
import type { PredictionLog } from "../ports/prediction-log.ts";
import type { ServingTelemetry } from "../ports/serving-telemetry.ts";
import { answerRows, fitsInputs, type RowAnswer } from "./answer-rows.ts";
import { VersionRefusal } from "./guard.ts";
import type { PredictReply, PredictRequest, RowReply } from "./predict-request.ts";
import { planRows, type RowPlan } from "./row-plan.ts";
import type { ServedModel } from "./served-model.ts";
import type { ShadowQueue } from "./shadow-queue.ts";
import type { VersionSlot } from "./version-slot.ts";

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
    if (this.#inFlight >= this.#parts.concurrency) {
      this.#parts.telemetry.shed("concurrency");
      throw new Overload(`${this.#inFlight} requests are under way`);
    }
    this.#inFlight++;
    try {
      return await this.#predict(request);
    } finally {
      this.#inFlight--;
    }
  }

  async #predict(request: PredictRequest): Promise<PredictReply> {
    const { clock, overrides, telemetry } = this.#parts;
    const started = clock.monotonic();
    const model = this.model(request.model);
    if (request.version !== null && model.slot(request.version) === undefined) {
      throw new RequestFailure(`model "${model.name}" has no version "${request.version.slice(0, 100)}"`, 404);
    }
    const asked = askedSlot(model, request);
    const id = this.#parts.newId();
    const records = request.rows.records ?? asked.model.decode(request.rows.tensors ?? []);
    const book = overrides();
    const now = clock.now();
    const plans = planRows(model, request, records, id, (unit) => book.isOptedOut(model.name, unit, now));
    const { answers, outputs } = await this.#answer(model, request, asked, plans);
    const milliseconds = clock.monotonic() - started;
    const rows = plans.map((plan) => this.#rowReply(model, request, plan, answers[plan.row], id, book, now));
    const events = eventsOf({ model, request, id, plans, answers, rows, at: clock.now(), milliseconds });
    const logged = await this.#log(events);
    countRows(telemetry, model.name, rows, milliseconds / 1000);
    this.#parts.shadows.offer(model, request, plans, rows, asked);
    return { request: id, rows, outputs: adjusted(outputs, asked, rows), logged };
  }

  /** Answers each row by the version of its plan; rows of one version go together. */
  async #answer(
    model: ServedModel,
    request: PredictRequest,
    asked: VersionSlot,
    plans: readonly RowPlan[],
  ): Promise<{ answers: readonly (RowAnswer | undefined)[]; outputs: readonly Tensor[] | undefined }> {
    const groups = new Map<string, RowPlan[]>();
    for (const plan of plans) {
      if (plan.version === null || plan.rejected.length > 0) continue;
      const group = groups.get(plan.version);
      if (group === undefined) groups.set(plan.version, [plan]);
      else group.push(plan);
    }
    const answers = Array.from<RowAnswer | undefined>({ length: request.rows.count });
    const parts: { rows: readonly number[]; outputs: readonly Tensor[] | undefined }[] = [];
    for (const [version, group] of groups) {
      const answered = await answerRows(this.#groupRequest(model, request, asked, version, group));
      for (const [i, plan] of group.entries()) answers[plan.row] = answered.rows[i];
      parts.push({ rows: group.map((plan) => plan.row), outputs: answered.outputs });
    }
    return { answers, outputs: joinOutputs(parts, request.rows.count) };
  }

  #groupRequest(
    model: ServedModel,
    request: PredictRequest,
    asked: VersionSlot,
    version: string,
    group: readonly RowPlan[],
  ): Parameters<typeof answerRows>[0] {
    const whole = group.length === request.rows.count;
    const changed = group.some((plan) => plan.prepared !== plan.raw);
    const known = group.every((plan) => plan.prepared !== null);
    const personal = group.every((plan) => !plan.optedOut);
    const tensors = request.rows.tensors === undefined || changed || !personal ? null : request.rows.tensors;
    const rows = group.map((plan) => plan.row);
    return {
      model,
      version,
      count: group.length,
      records: known ? group.map((plan) => (plan.optedOut ? {} : plan.prepared!)) : null,
      tensors: tensors === null || whole ? tensors : tensors.map((tensor) => takeRows(tensor, rows)),
      asked,
      allOutputs: request.allOutputs,
      toChampion: request.version === null && group.every((plan) => plan.sentTo === null),
      onFallback: (reason) => this.#parts.telemetry.fallback(model.name, reason),
    };
  }

  #rowReply(
    model: ServedModel,
    request: PredictRequest,
    plan: RowPlan,
    answer: RowAnswer | undefined,
    id: string,
    book: OverrideBook,
    now: number,
  ): RowReply {
    const overrides: OverrideEffect[] = [];
    let prediction: number | string | null = answer === undefined ? null : (answer.text ?? answer.scores[0] ?? null);
    const block = book.block(model.name, plan.item, now);
    if (block !== null) {
      overrides.push(block);
      prediction = null;
    } else if (typeof prediction === "number") {
      const boost = book.boost(model.name, plan.item, prediction, now);
      if (boost !== null) {
        prediction = boost.score;
        overrides.push(boost.effect);
      }
    }
    for (const effect of overrides) this.#parts.telemetry.override(model.name, effect.kind);
    const names = answer === undefined || answer.scores.length === 1 ? null : classNames(model, answer);
    return {
      id: request.rows.count === 1 ? id : `${id}:${plan.row}`,
      row: plan.row,
      prediction: names === null || prediction === null ? prediction : names[best(answer!.scores)]!,
      classes: names === null ? null : Object.fromEntries(names.map((name, i) => [name, answer!.scores[i]!])),
      version: answer?.version ?? null,
      cohort: plan.decision.cohort,
      arm: plan.decision.arm,
      fallback: answer?.fallback ?? plan.sentTo,
      marks: plan.marks,
      rejected: plan.rejected,
      overrides,
      item: plan.item,
    };
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

/** The version whose inputs the client's tensors are made for: the one it names, the champion, or else any that fits. */
function askedSlot(model: ServedModel, request: PredictRequest): VersionSlot {
  const named = request.version === null ? model.champion : model.slot(request.version);
  if (named === undefined) throw new VersionRefusal("error", `no version of "${model.name}" is loaded`);
  const { tensors } = request.rows;
  if (tensors === undefined || request.version !== null || fitsInputs(named.model, tensors)) return named;
  for (const version of model.versions) {
    const slot = model.slot(version)!;
    if (fitsInputs(slot.model, tensors)) return slot;
  }
  return named;
}

function joinOutputs(
  parts: readonly { rows: readonly number[]; outputs: readonly Tensor[] | undefined }[],
  count: number,
): readonly Tensor[] | undefined {
  const [first] = parts;
  if (first?.outputs === undefined) return undefined;
  if (parts.length === 1 && first.rows.length === count) return first.outputs;
  const order = parts.flatMap((part) => part.rows);
  const back = Array.from({ length: count }, (_, row) => Math.max(0, order.indexOf(row)));
  return first.outputs.flatMap((output) => {
    const same = parts.map((part) => part.outputs?.find((candidate) => candidate.name === output.name));
    if (same.some((tensor) => tensor === undefined || tensor.datatype !== output.datatype)) return [];
    return [takeRows(joinRows(same as Tensor[]), back)];
  });
}

/** Puts overridden scores into the outputs: a boost as it is, a block below every other row. */
function adjusted(
  outputs: readonly Tensor[] | undefined,
  asked: VersionSlot,
  rows: readonly RowReply[],
): readonly Tensor[] | undefined {
  if (outputs === undefined || rows.every((row) => row.overrides.length === 0)) return outputs;
  const { output, column } = asked.model.score;
  return outputs.map((tensor) => {
    if (tensor.name !== output || column === null || isTexts(tensor.data)) return tensor;
    const data = tensor.data.slice() as Float64Array;
    const width = data.length / rows.length;
    const lowest = data.reduce((low, value) => Math.min(low, Number(value)), 0) - 1;
    for (const row of rows) {
      if (row.overrides.length === 0) continue;
      data[row.row * width + Math.min(column, width - 1)] =
        typeof row.prediction === "number" ? row.prediction : lowest;
    }
    return { ...tensor, data };
  });
}

function classNames(model: ServedModel, answer: RowAnswer): readonly string[] {
  const classes = model.slot(answer.version)?.model.classes;
  return classes?.length === answer.scores.length ? classes : answer.scores.map((_, i) => String(i));
}

function best(scores: readonly number[]): number {
  let at = 0;
  for (let i = 1; i < scores.length; i++) if (scores[i]! > scores[at]!) at = i;
  return at;
}

interface EventParts {
  readonly model: ServedModel;
  readonly request: PredictRequest;
  readonly id: string;
  readonly plans: readonly RowPlan[];
  readonly answers: readonly (RowAnswer | undefined)[];
  readonly rows: readonly RowReply[];
  readonly at: number;
  readonly milliseconds: number;
}

/** The order in which a list is shown, from 0: best first, blocked and refused ones left out. */
export function listOrder(rows: readonly RowReply[]): RowReply[] {
  return rows
    .filter((row) => row.prediction !== null && row.rejected.length === 0)
    .sort((a, b) => Number(b.prediction) - Number(a.prediction) || a.row - b.row);
}

function eventsOf({ model, request, id, plans, answers, rows, at, milliseconds }: EventParts): LogEvent[] {
  const positions = request.list ? new Map(listOrder(rows).map((row, position) => [row.row, position])) : null;
  return plans.map((plan, i): LogEvent => {
    const row = rows[i]!;
    const answer = answers[plan.row];
    if (plan.rejected.length > 0) {
      const problems = plan.rejected.map((problem) => problem.message);
      return { kind: "quarantine", at, model: model.name, request: id, record: plan.raw, problems, action: "reject" };
    }
    const raw: FeatureRecord | null = plan.optedOut ? null : (plan.raw ?? tensorFeatures(request));
    const event: PredictionEvent = {
      kind: "prediction",
      id: row.id,
      key: plan.optedOut ? null : plan.key,
      request: id,
      at,
      time: plan.time,
      model: model.name,
      version: answer?.version ?? "",
      routed: plan.decision.version,
      cohort: plan.decision.cohort,
      arm: plan.decision.arm,
      propensity: plan.decision.propensity,
      unit: plan.optedOut ? null : plan.unit,
      group: plan.optedOut ? null : (plan.group ?? (request.list ? id : null)),
      item: plan.item,
      raw,
      prepared: plan.optedOut || plan.prepared === plan.raw ? null : plan.prepared,
      context: plan.optedOut ? null : request.context,
      prediction: answer !== undefined && answer.scores.length > 1 ? answer.scores : row.prediction,
      score: row.overrides.length > 0 ? (answer?.scores[0] ?? null) : null,
      position: positions?.get(row.row) ?? null,
      milliseconds,
      fallback: row.fallback,
      marks: plan.marks.map((problem) => `${problem.check}:${problem.column}`),
      overrides: row.overrides,
      door: request.door,
    };
    return event;
  });
}

/** Tensors that hold no columns (an image) are kept by shape: their content would fill the log. */
function tensorFeatures(request: PredictRequest): FeatureRecord {
  return Object.fromEntries(
    (request.rows.tensors ?? []).map((tensor) => [tensor.name, { datatype: tensor.datatype, shape: tensor.shape }]),
  );
}

function countRows(telemetry: ServingTelemetry, model: string, rows: readonly RowReply[], seconds: number): void {
  if (rows.length === 1) {
    const [row] = rows;
    telemetry.prediction(
      { model, version: row!.version ?? "none", variant: row!.arm, outcome: outcomeOf(row!) },
      1,
      seconds,
    );
    if (row!.rejected.length > 0) telemetry.rejected(model, row!.rejected[0]!.check);
    return;
  }
  const counts = new Map<string, { row: RowReply; count: number }>();
  for (const row of rows) {
    const key = `${row.version}\u0000${row.arm}\u0000${outcomeOf(row)}`;
    const entry = counts.get(key);
    if (entry === undefined) counts.set(key, { row, count: 1 });
    else entry.count++;
    if (row.rejected.length > 0) telemetry.rejected(model, row.rejected[0]!.check);
  }
  for (const { row, count } of counts.values()) {
    telemetry.prediction(
      { model, version: row.version ?? "none", variant: row.arm, outcome: outcomeOf(row) },
      count,
      seconds,
    );
  }
}

function outcomeOf(row: RowReply): "ok" | "fallback" | "rejected" {
  if (row.rejected.length > 0) return "rejected";
  return row.fallback === null ? "ok" : "fallback";
}

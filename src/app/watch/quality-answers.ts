import { ASSUMES, type LearntEstimator } from "../../core/monitors/estimates/estimator.ts";
import { type PeriodName, periodEnd, periodStart } from "../../core/drift/periods.ts";
import { joinPeriods } from "../../core/monitors/join-periods.ts";
import { learnLabelProcess } from "../../core/monitors/label-process.ts";
import { type LabelProcess, measureQuality, type QualityValue } from "../../core/monitors/measured-quality.ts";
import type { QualitySource } from "../../core/monitors/quality-signals.ts";
import { type PeriodSpread, periodSpread } from "../../core/monitors/period-spread.ts";
import { takeAnswers } from "../../core/monitors/take-answers.ts";
import {
  LEAST_COMPLETE,
  type QualityPeriod,
  type QualityPoint,
  type QualityRule,
  type SliceQuality,
  watchQuality,
} from "../../core/monitors/watch-quality.ts";
import type { PerformanceTrigger } from "../../core/retraining/triggers.ts";
import { studentQuantile } from "../../core/statistics/student-distribution.ts";
import { completeness } from "../../core/statistics/label-delays.ts";
import type { QualitySettings } from "../../schemas/monitors/parse-monitors.ts";
import { estimatePeriod, learntEstimator, testConcept } from "./estimate-periods.ts";
import type { LoggedAnswers } from "./logged-answers.ts";
import type { QualityAudit, QualityRequest, QualityTools, QualityTrigger } from "./quality-look.ts";
import { remembered } from "./remembered.ts";
import { concatenate, indexOf } from "./row-indices.ts";
import { completeLabels, type ReferenceAnswers, type WatchedSlice } from "./reference-answers.ts";
import type { WatchedModel } from "./watched-model.ts";

/** Estimated anew after a restart, so there is a limit. */
const MOST_ESTIMATED = 60;
const AUDIT_COMPLETE = 0.9;

export interface EstimatedPeriod {
  readonly from: number;
  readonly until: number;
  readonly index: Uint32Array;
  /** Of everything, the first slice. */
  readonly everything: QualityPoint;
}

/** The rows of one look, cut by periods. */
export class QualityAnswers {
  readonly process: LabelProcess;
  readonly #starts: readonly number[];
  readonly #rowsByPeriod: readonly Uint32Array[];
  readonly watched: WatchedModel;
  readonly quality: QualitySettings;
  readonly request: QualityRequest;
  readonly reference: ReferenceAnswers;
  readonly logged: LoggedAnswers;
  readonly #tools: QualityTools;
  readonly #spreads = new Map<string, PeriodSpread | null>();

  constructor(
    watched: WatchedModel,
    quality: QualitySettings,
    request: QualityRequest,
    reference: ReferenceAnswers,
    logged: LoggedAnswers,
    tools: QualityTools,
  ) {
    this.watched = watched;
    this.quality = quality;
    this.request = request;
    this.reference = reference;
    this.logged = logged;
    this.#tools = tools;
    this.process = learnLabelProcess(logged.rows, logged.delay, quality.labels);
    const byStart = new Map<number, number[]>();
    logged.times.forEach((time, row) => {
      const start = periodStart(time, this.#by);
      const rows = byStart.get(start);
      if (rows === undefined) byStart.set(start, [row]);
      else rows.push(row);
    });
    this.#starts = [...byStart.keys()].toSorted((a, b) => a - b);
    this.#rowsByPeriod = this.#starts.map((start) => Uint32Array.from(byStart.get(start)!));
  }

  get #by(): PeriodName {
    return this.watched.monitors.by;
  }

  measure(rule: QualityRule): SliceQuality[] {
    const { reference, request } = this;
    return request.slices.map((slice, s) => {
      const mask = this.logged.slices[s]!;
      const point = this.#referencePoint(rule.metric, reference.slices[s]!);
      const spread = this.#referenceSpread(rule.metric, s);
      const periods = typeof mask === "string" ? [] : this.#measuredPeriods(rule.metric, mask);
      const found = this.#watch(slice, { point, spread }, periods, rule);
      return typeof mask === "string" ? { ...found, outcome: "not-evaluated", reason: mask } : found;
    });
  }

  #referencePoint(metric: string, mask: Uint8Array): QualityPoint {
    const index = indexOf(mask);
    return measureQuality(metric, takeAnswers(this.reference.rows, index), completeLabels, this.reference.facts);
  }

  /** How much the periods of the reference differ among themselves; told once for a metric and a slice. */
  #referenceSpread(metric: string, s: number): PeriodSpread | null {
    const { rows, times, facts, slices } = this.reference;
    if (times === null) return null;
    const known = this.#spreads.get(`${metric} ${s}`);
    if (known !== undefined) return known;
    const index = indexOf(slices[s]!);
    const inside = {
      rows: takeAnswers(rows, index),
      times: Float64Array.from(index, (row) => times[row]!),
      process: completeLabels,
    };
    const spread = periodSpread(metric, inside, this.#by, this.quality.leastUnits, facts);
    this.#spreads.set(`${metric} ${s}`, spread);
    return spread;
  }

  #watch(
    slice: WatchedSlice,
    reference: { readonly point: QualityPoint; readonly spread: PeriodSpread | null },
    periods: readonly QualityPeriod[],
    rule: QualityRule,
  ): SliceQuality {
    const { task } = this.watched.onDisk.parsed.policy;
    return watchQuality(slice, reference.point, periods, rule, task, this.request.slices.length, reference.spread);
  }

  #measuredPeriods(metric: string, mask: Uint8Array): QualityPeriod[] {
    const { rows } = this.logged;
    const inside = this.#rowsByPeriod.map((period) => period.filter((row) => mask[row] === 1));
    const counts = inside.map((index) => this.#countPeriod(index));
    const waiting = counts.findIndex(({ complete }) => complete < LEAST_COMPLETE);
    // Young periods at the end stay by themselves: they are shown, and do not count.
    const mature = waiting < 0 ? counts.length : waiting;
    const joined = joinPeriods(counts.slice(0, mature), this.quality.leastUnits);
    const ranges = [...joined, ...counts.slice(mature).map((_, i): [number, number] => [mature + i, mature + i + 1])];
    return ranges.map(([from, until]) => {
      const index = concatenate(inside.slice(from, until));
      const value = measureQuality(metric, takeAnswers(rows, index), this.process, this.reference.facts);
      const enough = value.units >= this.quality.leastUnits;
      const few = `${value.units} units with labels, at least ${this.quality.leastUnits} are needed`;
      return this.#period(from, until, enough || value.value === null ? value : { ...value, value: null, reason: few });
    });
  }

  #period(from: number, until: number, value: QualityValue): QualityPeriod {
    return { ...value, from: this.#starts[from]!, until: periodEnd(this.#starts[until - 1]!, this.#by) };
  }

  #countPeriod(index: Uint32Array): { units: number; hits: number | null; misses: number | null; complete: number } {
    const { rows } = this.logged;
    const told = this.process.comes === "positives" ? index : index.filter((row) => rows.known[row] === 1);
    let hits = 0;
    for (const row of told) if (rows.known[row] === 1 && rows.label[row]! > 0) hits++;
    let complete = 0;
    for (const row of index) complete += completeness(this.process.arrival[1], rows.age[row]!);
    const binary = rows.task === "binary";
    return {
      units: new Set(Array.from(told, (row) => rows.units[row]!)).size,
      hits: binary ? hits : null,
      misses: binary ? told.length - hits : null,
      complete: index.length === 0 ? 1 : complete / index.length,
    };
  }

  /** Estimates of the last periods of binary answers; others say that there are none. */
  async estimate(rule: QualityRule): Promise<{ slices: SliceQuality[]; periods: EstimatedPeriod[] }> {
    const { request, logged, reference } = this;
    const references = request.slices.map((_, s) => ({
      point: this.#referencePoint(rule.metric, reference.slices[s]!),
      spread: this.#referenceSpread(rule.metric, s),
    }));
    const none = (reason: string) => ({
      periods: [],
      slices: request.slices.map((slice, s) => ({
        ...this.#watch(slice, references[s]!, [], rule),
        outcome: "not-evaluated" as const,
        reason,
      })),
    });
    const { seed } = this.watched.onDisk.parsed.policy;
    const asked = { metric: rule.metric, seed, leastUnits: this.quality.leastUnits };
    const estimator = learntEstimator(reference, asked);
    if (typeof estimator === "string") return none(estimator);
    const units = this.#rowsByPeriod.map((index) => ({
      units: new Set(Array.from(index, (row) => logged.rows.units[row]!)).size,
      hits: null,
      misses: null,
    }));
    const ranges = joinPeriods(units, this.quality.leastUnits).slice(-MOST_ESTIMATED);
    const concept = testConcept(estimator, logged, this.process);
    const periods: EstimatedPeriod[] = [];
    const bySlice: QualityPeriod[][] = request.slices.map(() => []);
    for (const [from, until] of ranges) {
      this.#tools.signal.throwIfAborted();
      const index = concatenate(this.#rowsByPeriod.slice(from, until));
      const found = await this.#estimated(estimator, rule.metric, index, from, until, concept);
      found.forEach((estimate, s) => {
        const place = { from: this.#starts[from]!, until: periodEnd(this.#starts[until - 1]!, this.#by) };
        bySlice[s]!.push({ ...estimate, ...place, labelled: null, completeness: null });
        if (s === 0) periods.push({ ...place, index, everything: estimate });
      });
    }
    const slices = request.slices.map((slice, s): SliceQuality => {
      const mask = logged.slices[s]!;
      const watch = { ...this.#watch(slice, references[s]!, bySlice[s]!, rule), assumes: ASSUMES };
      if (typeof mask === "string") return { ...watch, outcome: "not-evaluated", reason: mask };
      const last = bySlice[s]!.at(-1);
      // What is refused now is no statement on quality, whatever earlier periods said.
      return last?.reason?.startsWith("refused") === true
        ? { ...watch, outcome: "not-evaluated", reason: last.reason }
        : watch;
    });
    return { slices, periods };
  }

  /** What a period's answers are does not change, so its estimate is kept, as long as the concept stands. */
  async #estimated(
    estimator: LearntEstimator,
    metric: string,
    index: Uint32Array,
    from: number,
    until: number,
    concept: ReturnType<typeof testConcept>,
  ) {
    const { watched, request } = this;
    const place = `${this.#starts[from]} ${this.#starts[until - 1]} ${index.length} ${concept?.changed === true}`;
    const key = `estimate ${watched.model} ${request.version.version} ${metric} ${place}`;
    return remembered(this.#tools, key, async () => {
      // Trees are grown here: others get their turn in between.
      await new Promise((turn) => setImmediate(turn));
      return estimatePeriod(estimator, this.reference, this.logged, index, concept);
    });
  }

  /** The estimator itself is judged where the labels have come. */
  audit(periods: readonly EstimatedPeriod[], metric: string): QualityAudit | null {
    let told = 0;
    let held = 0;
    let bias = 0;
    for (const { index, everything } of periods) {
      if (everything.value === null || everything.standardError === null) continue;
      const rows = takeAnswers(this.logged.rows, index);
      const found = measureQuality(metric, rows, this.process, this.reference.facts);
      if (found.value === null || found.completeness < AUDIT_COMPLETE) continue;
      told++;
      bias += everything.value - found.value;
      const { standardError, degrees } = everything;
      if (Math.abs(everything.value - found.value) <= studentQuantile(0.975, degrees) * standardError) held++;
    }
    return told === 0 ? null : { periods: told, held, bias: bias / told };
  }

  async trigger(
    { metric, worseThan, below, source, slices }: PerformanceTrigger,
    usual: QualityRule,
    known: Readonly<Record<QualitySource, readonly SliceQuality[]>> & { readonly trusted: boolean },
  ): Promise<QualityTrigger> {
    const rule = { ...usual, metric: metric ?? usual.metric, worseThan, below: below ?? usual.below };
    const same = rule.metric === usual.metric && worseThan === null && rule.below === usual.below;
    const found = same && known[source].length > 0 ? known[source] : await this.#anew(source, rule, known.trusted);
    const asked = found.filter(({ slice, blocking }, s) =>
      slices === null ? s === 0 || blocking : slices.includes(slice),
    );
    const missing = (slices ?? []).filter((name) => !found.some(({ slice }) => slice === name));
    if (missing.length > 0)
      return { fallen: false, message: `no slice is watched under the name ${missing.join(", ")}` };
    const fallen = asked.filter(({ outcome }) => outcome === "below");
    const told = (fallen.length > 0 ? fallen : asked).map(({ slice, reason }) => `${slice}: ${reason}`);
    return { fallen: fallen.length > 0, message: `${source} quality: ${told.join("; ")}` };
  }

  async #anew(source: QualitySource, rule: QualityRule, trusted: boolean): Promise<readonly SliceQuality[]> {
    if (source === "measured") return this.measure(rule);
    const { slices } = await this.estimate(rule);
    return trusted ? slices : slices.map((slice) => ({ ...slice, outcome: "not-evaluated" as const }));
  }
}

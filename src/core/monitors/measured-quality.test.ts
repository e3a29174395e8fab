import { describe, expect, it } from "vitest";
import { createRandom } from "../statistics/random.ts";
import { learnLabelProcess } from "./label-process.ts";
import type { AnswerRows } from "./answer-rows.ts";
import { type LabelProcess, measureQuality } from "./measured-quality.ts";

const DAY = 86_400_000;
const facts = { task: "binary", classes: [], costs: null } as const;

/** Sixty days of answers; hits are told after a mean of `hitDays`, misses after `missDays`. */
function traffic(seed: number, n: number, hitDays: number, missDays: number) {
  const random = createRandom(seed);
  const score = new Float64Array(n);
  const truth = new Float64Array(n);
  const age = new Float64Array(n);
  const delay = new Float64Array(n).fill(Number.NaN);
  const known = new Uint8Array(n);
  for (let i = 0; i < n; i++) {
    score[i] = random.next();
    truth[i] = random.next() < 0.4 * score[i]! ? 1 : 0;
    age[i] = 60 * DAY * random.next();
    const late = -(truth[i] === 1 ? hitDays : missDays) * DAY * Math.log(1 - random.next());
    if (late > age[i]!) continue;
    delay[i] = late;
    known[i] = 1;
  }
  const predicted = Uint8Array.from(score, (one) => (one >= 0.5 ? 1 : 0));
  const units = Uint32Array.from({ length: n }, (_, i) => i);
  const rows: AnswerRows = {
    task: "binary",
    n,
    score,
    predicted,
    probabilities: null,
    label: truth.map((y, i) => (known[i] === 1 ? y : 0)),
    known,
    age,
    units,
    lists: null,
    items: null,
  };
  return { rows, delay, truth };
}

function only(rows: AnswerRows, keep: (i: number) => boolean): AnswerRows {
  const at = Array.from({ length: rows.n }, (_, i) => i).filter(keep);
  const floats = (values: Float64Array): Float64Array => Float64Array.from(at, (i) => values[i]!);
  return {
    ...rows,
    n: at.length,
    score: floats(rows.score),
    predicted: Uint8Array.from(at, (i) => rows.predicted![i]!),
    probabilities: null,
    label: floats(rows.label),
    known: Uint8Array.from(at, (i) => rows.known[i]!),
    age: floats(rows.age),
    units: Uint32Array.from(at, (i) => rows.units[i]!),
  };
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

/** Naive (labels as they are) and corrected values of the last days over many seeds, and the truth. */
function lastDays(metric: string, comes: LabelProcess["comes"], hitDays: number, missDays: number) {
  const naive: number[] = [];
  const corrected: number[] = [];
  const truth: number[] = [];
  let covered = 0;
  const rounds = 40;
  for (let seed = 1; seed <= rounds; seed++) {
    const made = traffic(seed, 12_000, hitDays, missDays);
    const rows =
      comes === "both" ? made.rows : { ...made.rows, known: made.rows.known.map((k, i) => k * made.rows.label[i]!) };
    const process = learnLabelProcess(
      rows,
      made.delay.map((d, i) => (rows.known[i] === 1 ? d : Number.NaN)),
      comes,
    );
    const recent = (i: number): boolean => rows.age[i]! < 10 * DAY;
    const atOnce = learnLabelProcess({ ...rows, n: 1 }, Float64Array.of(0), "both");
    const all = only({ ...made.rows, label: made.truth, known: made.rows.known.map(() => 1) }, recent);
    const right = measureQuality(metric, all, { comes: "both", arrival: atOnce.arrival }, facts).value!;
    const found = measureQuality(metric, only(rows, recent), process, facts);
    naive.push(measureQuality(metric, only(rows, recent), { comes: "both", arrival: atOnce.arrival }, facts).value!);
    corrected.push(found.value!);
    truth.push(right);
    if (Math.abs(found.value! - right) < 2 * found.standardError!) covered++;
  }
  return { naive: mean(naive), corrected: mean(corrected), truth: mean(truth), coverage: covered / rounds };
}

describe("quality of the last ten days, while labels are still to come", () => {
  it.each([
    ["log_loss", 0.02],
    ["roc_auc", 0.01],
    ["precision", 0.02],
  ] as const)("with both classes late, hits more so: %s", (metric, close) => {
    const { naive, corrected, truth, coverage } = lastDays(metric, "both", 7, 1);
    expect(Math.abs(corrected - truth)).toBeLessThan(close);
    if (metric !== "roc_auc") expect(Math.abs(naive - truth)).toBeGreaterThan(3 * Math.abs(corrected - truth));
    expect(coverage).toBeGreaterThan(0.85);
  });

  it.each([
    ["precision", 0.02],
    ["roc_auc", 0.01],
    ["brier", 0.01],
  ] as const)("with labels of hits alone: %s", (metric, close) => {
    const { corrected, truth, coverage } = lastDays(metric, "positives", 7, 1);
    expect(Math.abs(corrected - truth)).toBeLessThan(close);
    expect(coverage).toBeGreaterThan(0.85);
  });

  it("is not evaluated without labels, and says so", () => {
    const { rows } = traffic(1, 100, 7, 1);
    const none = { ...rows, known: new Uint8Array(100) };
    const process = learnLabelProcess(none, new Float64Array(100).fill(Number.NaN), "both");
    expect(measureQuality("roc_auc", none, process, facts)).toMatchObject({ value: null, reason: "no label has come" });
    const oneClass = { ...rows, known: rows.label.map((y) => y) as unknown as Uint8Array };
    const hits = { ...rows, known: Uint8Array.from(oneClass.known) };
    expect(measureQuality("roc_auc", hits, process, facts).reason).toMatch(/one class/);
  });
});

describe("other tasks", () => {
  it("regression weighs rows with a label; intervals come from units", () => {
    const random = createRandom(2);
    const n = 2000;
    const units = Uint32Array.from({ length: n }, (_, i) => Math.floor(i / 10));
    const shift = Float64Array.from({ length: n / 10 }, () => random.nextNormal());
    const score = new Float64Array(n);
    const label = Float64Array.from({ length: n }, (_, i) => shift[units[i]!]! + random.nextNormal());
    const base = {
      task: "regression",
      n,
      score,
      predicted: null,
      probabilities: null,
      label,
      units,
      lists: null,
      items: null,
    } as const;
    const rows = { ...base, known: new Uint8Array(n).fill(1), age: new Float64Array(n).fill(DAY) };
    const process = learnLabelProcess(rows, new Float64Array(n), "both");
    const byUnit = measureQuality("mae", rows, process, { ...facts, task: "regression" });
    const byRow = measureQuality("mae", { ...rows, units: units.map((_, i) => i) }, process, {
      ...facts,
      task: "regression",
    });
    expect(byUnit.value).toBeCloseTo(byRow.value!, 12);
    expect(byUnit.standardError!).toBeGreaterThan(1.3 * byRow.standardError!);
    expect(byUnit.units).toBe(200);
  });

  it("ranking waits for lists that are old enough", () => {
    const age = Float64Array.of(9, 9, 9, 1, 1, 1).map((days) => days * DAY);
    const delays = Float64Array.of(1, 8, 8, Number.NaN, Number.NaN, Number.NaN).map((days) => days * DAY);
    const rows: AnswerRows = {
      task: "ranking",
      n: 6,
      score: Float64Array.of(3, 2, 1, 3, 2, 1),
      predicted: null,
      probabilities: null,
      label: Float64Array.of(0, 1, 0, 1, 0, 0),
      known: Uint8Array.of(1, 1, 1, 0, 0, 0),
      age,
      units: Uint32Array.of(0, 0, 0, 1, 1, 1),
      lists: Uint32Array.of(0, 0, 0, 1, 1, 1),
      items: null,
    };
    const process = learnLabelProcess(rows, delays, "both");
    expect(measureQuality("map", rows, process, { ...facts, task: "ranking" })).toMatchObject({ value: 0.5, units: 1 });
  });
});

import { describe, expect, it } from "vitest";
import { foldValuesOf } from "../../core/evaluation/evidence-fold-values.ts";
import { createRandom } from "../../core/statistics/random.ts";
import type { Column } from "../../core/tables/table.ts";
import { bindPolicy, lateColumns } from "../../schemas/policy/bind-policy.ts";
import { parsePolicy } from "../../schemas/policy/parse-policy.ts";
import { memoryTableSource } from "../ports/memory-table-source.ts";
import type { TableBlock, TableSource } from "../ports/table-reader.ts";
import { prepareScoring } from "../scoring/prepare-scoring.ts";
import { scoringRequest } from "./scoring-request.ts";
import { fitsBlocks, sumBlocks } from "./sum-blocks.ts";
import { sumWhole } from "./sum-whole.ts";
import type { RowsToSum } from "./summed-rows.ts";

const ROWS = 3000;

const policyText = (more = ""): string => `model: m
task: binary
data: { test: memory }
columns: { label: label, unit: user }
models: { champion: { column: champion }, challenger: { column: challenger } }
metrics: [accuracy, roc_auc]
slices:
  colour: { each: colour }
  pair: { cross: [colour, size] }
  large: { where: { size: { from: 2 } } }
${more}`;

/** @param late factor of the champion's scores in the last rows: 3 takes them out of [0, 1] */
function tableOf(late = 1): { columns: Column[]; units: Uint32Array; folds: Uint8Array } {
  const random = createRandom(8);
  const label = Int32Array.from({ length: ROWS }, () => (random.next() < 0.4 ? 1 : 0));
  const score = (gap: number): Float64Array => Float64Array.from(label, (y) => (random.next() + gap * y) / (1 + gap));
  const units = Uint32Array.from({ length: ROWS }, (_, i) => (i < 250 ? i : random.nextBelow(250)));
  const champion = score(0.3).map((value, row) => (row > ROWS - 20 ? value * late : value));
  const codes = Uint8Array.from({ length: ROWS }, () => random.nextBelow(3));
  return {
    units,
    folds: Uint8Array.from(units, (unit) => (unit * 37) & 0xff),
    columns: [
      { kind: "number", name: "label", values: label, integer: true },
      { kind: "number", name: "champion", values: champion },
      { kind: "number", name: "challenger", values: score(0.5) },
      { kind: "category", name: "colour", codes, dictionary: { texts: ["red", "green", "blue"] } },
      { kind: "number", name: "size", values: Int32Array.from({ length: ROWS }, () => random.nextBelow(4)) },
      { kind: "category", name: "user", codes: units, dictionary: { texts: Array.from({ length: 250 }, String) } },
    ],
  };
}

/** A source that cuts its rows into blocks, with units, as the reader of files does. */
function cutSource({ columns, units, folds }: ReturnType<typeof tableOf>): TableSource {
  const whole = memoryTableSource(columns, ROWS);
  const part = (column: Column, from: number, to: number): Column =>
    column.kind === "category"
      ? { ...column, codes: column.codes.subarray(from, to) }
      : ({ ...column, values: column.values.subarray(from, to) } as Column);
  return {
    ...whole,
    read: async function* (request) {
      const step = Math.min(ROWS, request.blockRows ?? ROWS);
      const wanted = columns.filter(({ name }) => request.columns.some((column) => column.name === name));
      for (let from = 0; from < ROWS; from += step) {
        const to = Math.min(ROWS, from + step);
        yield {
          rows: to - from,
          firstRow: from,
          columns: new Map(wanted.map((column) => [column.name, part(column, from, to)])),
          ...(request.unit === undefined ? {} : { units: units.subarray(from, to), folds: folds.subarray(from, to) }),
        } satisfies TableBlock;
      }
    },
  };
}

async function given(late = 1, more = ""): Promise<RowsToSum> {
  const source = cutSource(tableOf(late));
  const parsed = parsePolicy(policyText(more), "umpire.yaml");
  const { policy, columns } = bindPolicy(parsed, { columns: source.columns, typed: true, source: "memory" });
  const runtime = { load: () => Promise.reject(new Error("no model file is needed")) };
  const scoring = await prepareScoring(scoringRequest(policy, source, null, (path) => path, runtime));
  const slicing = { entries: policy.slices, columns, ranking: false, after: lateColumns(policy), candidates: [] };
  const signal = new AbortController().signal;
  return { policy, columns, source, train: null, scoring, slicing, helper: null, progress: () => {}, signal };
}

describe("rows summed up in blocks", () => {
  it("give the counts, units, moments, slices and pictures' histograms of one piece", async () => {
    const rows = await given();
    const [whole, blocks] = [await sumWhole(rows), await sumBlocks(rows, 700)];
    expect(blocks.evidence.parts).toBe(5);
    expect(blocks.slicePlan.slices).toEqual(whole.slicePlan.slices);
    expect(blocks.evidence.counts).toEqual(whole.evidence.counts);
    expect(blocks.evidence.histograms).toEqual(whole.evidence.histograms);
    blocks.evidence.moments.sums.forEach((sum, i) => expect(sum).toBeCloseTo(whole.evidence.moments.sums[i]!, 9));
    expect(blocks.thresholds).toEqual(whole.thresholds);
  });

  it("give rank metrics within the binning error of one piece, and say that they are approximate", async () => {
    const rows = await given();
    const [whole, blocks] = [await sumWhole(rows), await sumBlocks(rows, 700)];
    const auc = (sums: typeof whole): number => foldValuesOf(sums.evidence, sums.plan, "roc_auc").overall.values[1]!;
    const error = blocks.evidence.direct.get("roc_auc")!.binningError![1]!.at(-1)!;
    expect(Math.abs(auc(blocks) - auc(whole))).toBeLessThanOrEqual(error);
    expect(blocks.notes.map(({ message }) => message).join()).toContain("in 5 blocks");
  });

  it("code all blocks alike where a model leaves [0, 1] in the last one only", async () => {
    const rows = await given(3);
    const [whole, blocks] = [await sumWhole(rows), await sumBlocks(rows, 700)];
    expect(blocks.evidence.histograms.map(({ unit }) => unit)).toEqual([false, true]);
    expect(blocks.evidence.histograms).toEqual(whole.evidence.histograms);
  });

  it("are not for what needs all rows at once", async () => {
    const plain = await given();
    expect(fitsBlocks(plain.policy, plain.scoring)).toBe(true);
    const learnt = await given(1, "threshold: { recall: 0.9 }\n");
    expect(fitsBlocks(learnt.policy, learnt.scoring)).toBe(false);
  });
});

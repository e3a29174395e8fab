import { decodeArrayDocument, encodeArrayDocument } from "../evaluation/array-document.ts";
import type { Evidence } from "../evaluation/evidence.ts";
import { planEvaluation } from "../evaluation/plan.ts";
import { Failure } from "../failures.ts";
import type { TaskFacts } from "../metrics/metric.ts";
import type { Curves } from "../report/curves.ts";
import type { VerdictInput } from "./build-verdict.ts";

const SCHEMA = "umpire.record/1";

/** The saved evidence beside a verdict: all that the verdict is computed from, to the last bit. */
export function encodeVerdictRecord({ input, curves, policy }: VerdictRecord): Uint8Array {
  const { plan, evidence, ...rest } = input;
  const parts = { facts: plan.facts, evidence: sparse(evidence), curves, policy };
  return encodeArrayDocument({ schema: SCHEMA, ...parts, ...rest });
}

export interface VerdictRecord {
  readonly input: VerdictInput;
  /** Numbers behind the report's pictures. */
  readonly curves: Curves | null;
  /** The policy as it was written. */
  readonly policy: { readonly name: string; readonly text: string };
}

/** @throws Failure RECORD where the file is damaged or was written by another version */
export function decodeVerdictRecord(bytes: Uint8Array, where: string): VerdictRecord {
  const document = decodeArrayDocument(bytes, where) as Omit<VerdictInput, "plan" | "evidence"> & {
    schema?: string;
    facts: TaskFacts;
    evidence: Evidence;
    curves: Curves | null;
    policy: VerdictRecord["policy"];
  };
  if (document.schema !== SCHEMA) {
    const mend = ["judge again with this version, or verify with the version that judged"];
    throw new Failure("RECORD", { where, message: `its schema is ${document.schema}, not ${SCHEMA}`, mend });
  }
  const { schema: _schema, facts, evidence: stored, curves, policy, ...rest } = document;
  const evidence = dense(stored);
  const plan = planEvaluation(facts, evidence.models, evidence.sliceNames, evidence.metrics);
  return { input: { ...rest, evidence, plan }, curves, policy };
}

interface SparseArray {
  readonly length: number;
  readonly at: Uint32Array;
  readonly values: Float64Array;
}

/** Most (slice, fold) cells of small slices are empty: only the others are kept. */
function sparse(evidence: Evidence): unknown {
  const pack = (array: Float64Array): SparseArray | Float64Array => {
    let filled = 0;
    for (const value of array) if (value !== 0) filled++;
    if (filled > array.length / 2) return array;
    const at = new Uint32Array(filled);
    const values = new Float64Array(filled);
    let next = 0;
    array.forEach((value, i) => {
      if (value === 0) return;
      at[next] = i;
      values[next++] = value;
    });
    return { length: array.length, at, values };
  };
  return mapArrays(evidence, pack);
}

function dense(stored: unknown): Evidence {
  return mapArrays(stored as Evidence, (packed) => {
    if (packed instanceof Float64Array) return packed;
    const { length, at, values } = packed as unknown as SparseArray;
    const array = new Float64Array(length);
    at.forEach((index, i) => {
      array[index] = values[i]!;
    });
    return array;
  }) as Evidence;
}

function mapArrays(evidence: Evidence, map: (array: Float64Array) => unknown): unknown {
  const direct = new Map<string, unknown>();
  for (const [text, table] of evidence.direct) {
    direct.set(text, { ...table, weights: map(table.weights), sums: table.sums.map(map) });
  }
  return {
    ...evidence,
    moments: { names: evidence.moments.names, sums: map(evidence.moments.sums) },
    direct,
    histograms: evidence.histograms.map(({ unit, counts }) => ({ unit, counts: map(counts) })),
  };
}

import { buildVerdict } from "../../core/gates/build-verdict.ts";
import { decodeVerdictRecord } from "../../core/gates/verdict-record.ts";
import { Failure } from "../../core/failures.ts";
import type { Verdict } from "../../core/gates/verdict.ts";

/** The first place at which two documents differ. */
export interface Difference {
  /** `slices.3.metrics.map.difference` */
  readonly path: string;
  readonly recorded: unknown;
  readonly recomputed: unknown;
}

export interface Verification {
  readonly same: boolean;
  readonly differences: readonly Difference[];
  readonly recomputed: Verdict;
}

const MOST_DIFFERENCES = 10;

function recompute(evidence: Uint8Array, where: string): Verdict {
  try {
    const { input } = decodeVerdictRecord(evidence, where);
    // Through text once, so that both sides are what JSON holds.
    return JSON.parse(JSON.stringify(buildVerdict(input).verdict)) as Verdict;
  } catch (cause) {
    // Its checksum is no proof against whoever wrote it: what it holds may be of any shape.
    if (!(cause instanceof TypeError || cause instanceof RangeError)) throw cause;
    throw new Failure("RECORD", {
      where,
      message: `it does not hold what a record of Umpire holds (${cause.message})`,
      mend: ["send verdict.json and evidence.bin of one judgement, as they were written"],
      cause,
    });
  }
}

/**
 * Recomputes a verdict from the evidence saved beside it and compares every field, bit for bit.
 * @throws Failure RECORD where the evidence is damaged
 */
export function verifyVerdict(verdict: unknown, evidence: Uint8Array, where: string): Verification {
  const recomputed = recompute(evidence, where);
  const differences = compareDocuments(verdict, recomputed, () => false);
  return { same: differences.length === 0, differences, recomputed };
}

/** Differences between two JSON documents, at most ten; `close` may pardon a pair of numbers. */
export function compareDocuments(
  recorded: unknown,
  recomputed: unknown,
  close: (a: number, b: number) => boolean,
): Difference[] {
  const differences: Difference[] = [];
  const visit = (a: unknown, b: unknown, path: string): void => {
    if (differences.length >= MOST_DIFFERENCES || Object.is(a, b)) return;
    if (isObject(a) && isObject(b)) {
      for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
        visit(a[key], b[key], path === "" ? key : `${path}.${key}`);
      }
      return;
    }
    if (typeof a === "number" && typeof b === "number" && close(a, b)) return;
    differences.push({ path, recorded: a, recomputed: b });
  };
  visit(recorded, recomputed, "");
  return differences;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

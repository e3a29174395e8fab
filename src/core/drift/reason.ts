import { rowsNeeded } from "./column-verdict.ts";
import type { ColumnDrift, DriftDocument, JointDrift } from "./drift-document.ts";
import { dayWords } from "../report/time-words.ts";

/** What no test could look at, in the first line too: an answer about the other columns is not one about these. */
export function leftOut(kindsChanged: number, missing: number): string {
  const columns = (count: number): string => (count === 1 ? "1 column" : `${count} columns`);
  const changed = kindsChanged === 0 ? "" : `; ${columns(kindsChanged)} of another kind now, not compared`;
  return `${changed}${missing === 0 ? "" : `; ${columns(missing)} of the reference missing now`}`;
}

/** Periods that lack rows, and those that could not be judged for it, in the first line too. */
export function tooFewRows(volume: DriftDocument["volume"], thin: number, periods: number): string {
  const low = volume?.drifted === true ? `; rows are missing: ${volume.reason}` : "";
  if (thin === 0) return low;
  return `${low}; ${thin} of ${periods} periods not judged: too few rows`;
}

/** The first line of the answer, for people. */
export function driftReason(
  outcome: DriftDocument["outcome"],
  rows: readonly [number, number],
  drifted: readonly ColumnDrift[],
  judged: number,
  joint: JointDrift,
): string {
  if (outcome === "not-enough-data") {
    const fewest = Math.min(...rows);
    const side = rows[1] === fewest ? "current" : "reference";
    return `${fewest} ${side} row${fewest === 1 ? " is" : "s are"} too few for an answer: at least ${rowsNeeded} are needed on both sides`;
  }
  if (outcome === "no-drift") return judged === 1 ? "the one column did not move" : `none of ${judged} columns moved`;
  const together = joint.pca.drifted === true || joint.domain_classifier.drifted === true;
  // A change of the columns themselves, which the caller adds.
  if (drifted.length === 0 && !together) return `none of ${judged} columns moved that could be compared`;
  if (drifted.length === 0) {
    const how =
      joint.pca.drifted === true
        ? "the way columns vary together changed"
        : "current rows can be told from reference rows by all columns together";
    return `no single column moved, but ${how}`;
  }
  const names = drifted.slice(0, 3).map((column) => column.name);
  const more = drifted.length > 3 ? ` and ${drifted.length - 3} more` : "";
  const first = drifted[0]!;
  const since =
    first.since === null
      ? ""
      : `; ${first.name} ${first.shape === "gradual" ? "gradually " : ""}since ${dayWords(first.since)}`;
  return `${drifted.length} of ${judged} columns moved: ${names.join(", ")}${more}${since}`;
}

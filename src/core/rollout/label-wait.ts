/**
 * How long labels are waited for. Answers of a stage are of all ages, and labels that come sooner in one arm, or sooner for
 * one kind of label, would make a difference where there is none. So an answer counts once it is as old as labels take, in
 * both arms, with the label that came within that time: from then on what it says does not change, and looking at any
 * moment is looking at units that come one after the other.
 */

/** Labels that came, by how long they took and how old their answer is: steps of the ladder. */
export interface LabelCell {
  /** 0 the champion's answers, 1 the challenger's. */
  readonly arm: 0 | 1;
  /** Labels of one kind may take longer than others: hits and misses, classes. */
  readonly kind: string;
  /** First rung that is not below the delay. */
  readonly delay: number;
  /** Last rung that is not above the age; -1 below the first. */
  readonly age: number;
  readonly count: number;
}

/** Answers of an arm, of any age, and those of them whose label has come. */
export interface LabelCounts {
  readonly given: number;
  readonly come: number;
}

const SECOND = 1000;
/** Rungs to a doubling. */
const FINE = 4;
const RUNGS = 27 * FINE;
/** So much of the labels that come at all is there after the wait. */
const COMPLETE = 0.95;
/** Fewest labels that tell how long those of an arm, or of a kind, take. */
const LEAST_LABELS = 30;
/** The oldest answers are to be 1.4 times as old as the wait: else what is still to come has not been seen. */
const RUNGS_BEYOND = 2;

/** Milliseconds of a rung: 1 second, then by the fourth root of 2, to four years. */
export function rung(step: number): number {
  return SECOND * 2 ** (step / FINE);
}

export function delayRung(milliseconds: number): number {
  return Math.min(RUNGS, Math.max(0, Math.ceil(FINE * Math.log2(milliseconds / SECOND) - 1e-9)));
}

export function ageRung(milliseconds: number): number {
  return Math.min(RUNGS, Math.max(-1, Math.floor(FINE * Math.log2(milliseconds / SECOND) + 1e-9)));
}

/**
 * The wait, learnt from the labels that have come: the first rung at which, of the labels that come at all, 95% have come in
 * each arm and for each kind that tells (by right-truncated delays, Lynden-Bell 1971 on the ladder). 0 where hardly any is
 * missing; null while it is not known, because few have come or they still come at the oldest age that can be seen.
 */
export function learnWait(cells: readonly LabelCell[], arms: readonly LabelCounts[]): number | null {
  const some = arms.some(({ given }) => given > 0);
  if (some && arms.every(({ given, come }) => come >= COMPLETE * given)) return 0;
  return labelDelay(cells, arms.length);
}

/** How long labels take, also where those of old answers are all there: a new answer waits for its own. */
export function labelDelay(cells: readonly LabelCell[], arms: number): number | null {
  const groups = new Map<string, LabelCell[]>(Array.from({ length: arms }, (_, arm) => [`arm ${arm}`, []]));
  const into = (name: string, cell: LabelCell): void => {
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [cell]);
    else group.push(cell);
  };
  for (const cell of cells) {
    into(`arm ${cell.arm}`, cell);
    into(`kind ${cell.kind}`, cell);
    into(`arm ${cell.arm} kind ${cell.kind}`, cell);
  }
  let longest = -1;
  for (const [name, group] of groups) {
    const labels = group.reduce((sum, { count }) => sum + count, 0);
    if (labels < LEAST_LABELS) {
      if (name.includes("kind")) continue;
      return null;
    }
    const found = waitOf(group);
    if (found === null) return null;
    longest = Math.max(longest, found);
  }
  return rung(longest);
}

/** Product over rungs beyond of the share of labels that did not come just there, among those old enough to show it. */
function waitOf(cells: readonly LabelCell[]): number | null {
  const atRisk = new Float64Array(RUNGS + 1);
  const come = new Float64Array(RUNGS + 1);
  for (const { delay, age, count } of cells) {
    for (let step = delay; step <= age; step++) atRisk[step]! += count;
    if (delay <= age) come[delay]! += count;
  }
  const horizon = atRisk.findLastIndex((labels) => labels >= LEAST_LABELS);
  let share = 1;
  let step = horizon;
  while (step > 0 && share * (1 - come[step]! / atRisk[step]!) >= COMPLETE) {
    share *= 1 - come[step]! / atRisk[step]!;
    step--;
  }
  return step >= 0 && step + RUNGS_BEYOND <= horizon ? step : null;
}

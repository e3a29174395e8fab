import type { Outcome } from "../findings.ts";
import type { Condition } from "../slices/condition.ts";
import type { SliceKind } from "../slices/slice.ts";
import { nearest } from "../nearest.ts";
import { outcomeWords } from "../report/words.ts";
import { EVERYONE, type StageRules } from "./release-policy.ts";
import type { GuardedCohort, StagePlan } from "./rollout-plan.ts";

/** What a verdict says of one slice, as far as a release needs it. */
export interface JudgedSlice {
  readonly name: string;
  readonly kind: SliceKind;
  readonly where: Condition | null;
  readonly weight: number;
  readonly blocking: boolean;
  readonly outcome: Outcome;
  readonly reason: string | null;
  /** Share of the rows. */
  readonly share: number;
}

export interface JudgedRelease {
  readonly decision: Outcome;
  readonly slices: readonly JudgedSlice[];
}

export interface ProposedStages {
  readonly stages: readonly StagePlan[];
  readonly guarded: readonly GuardedCohort[];
  /** Stages that cannot be, as sentences; then `stages` is not to be used. */
  readonly problems: readonly string[];
}

/** More proposed stages would take weeks: the rest comes with everyone. */
const MOST_PROPOSED = 4;

/**
 * The stages of a release. Lowest risk first: proven routable slices with the least weight first (of equal weight the
 * smaller), then everyone. The verdict that counts for a stage is the one on its cohort. Routable slices where the
 * challenger lost, and blocking ones where it did not pass, are guarded: a stage that opens one needs consent.
 *
 * @param rules null: propose; else the policy's stages, in its order, with everyone added last
 */
export function proposeStages(
  judged: JudgedRelease,
  rules: readonly StageRules[] | null,
  usual: Omit<StageRules, "cohort">,
): ProposedStages {
  const guarded = guardedSlices(judged);
  const wanted = rules ?? proposal(judged).map((cohort) => ({ ...usual, cohort }));
  const complete = wanted.some((stage) => stage.cohort === EVERYONE)
    ? wanted
    : [...wanted, { ...usual, cohort: EVERYONE }];
  const problems: string[] = [];
  const opened = new Set<string>();
  const stages: StagePlan[] = [];
  for (const [i, rule] of complete.entries()) {
    if (rule.cohort === EVERYONE) {
      if (i !== complete.length - 1) problems.push(`"${EVERYONE}" is the last stage; nothing is left after it`);
      const left = guarded.filter((slice) => !opened.has(slice.name)).map((slice) => slice.name);
      const unproven = judged.decision === "pass" ? left : [EVERYONE, ...left];
      stages.push({ ...rule, where: null, unproven, reason: everyoneReason(judged, left) });
      continue;
    }
    const slice = judged.slices.find((candidate) => candidate.name === rule.cohort);
    const problem = slice === undefined ? unknownCohort(rule.cohort, judged) : notRoutable(slice);
    if (problem !== null || slice === undefined) {
      problems.push(problem ?? "");
      continue;
    }
    if (opened.has(slice.name)) problems.push(`"${slice.name}" is there twice`);
    opened.add(slice.name);
    const unproven = slice.outcome === "pass" ? [] : [slice.name];
    stages.push({ ...rule, where: slice.where, unproven, reason: stageReason(slice) });
  }
  return {
    stages,
    guarded: guardedCohorts(guarded, judged, complete),
    problems,
  };
}

/** One of each weight first, so that the stages climb; then more of the lightest. */
function proposal(judged: JudgedRelease): string[] {
  const byRisk = (a: JudgedSlice, b: JudgedSlice): number =>
    a.weight - b.weight || a.share - b.share || (a.name < b.name ? -1 : 1);
  const proven = judged.slices
    .filter((slice) => slice.kind === "routable" && slice.where !== null && slice.outcome === "pass" && slice.share > 0)
    .toSorted(byRisk);
  const rungs = proven.filter((slice, i) => slice.weight !== proven[i - 1]?.weight).slice(0, MOST_PROPOSED);
  const more = proven.filter((slice) => !rungs.includes(slice)).slice(0, MOST_PROPOSED - rungs.length);
  return [...rungs, ...more].toSorted(byRisk).map((slice) => slice.name);
}

function guardedSlices(judged: JudgedRelease): readonly JudgedSlice[] {
  return judged.slices.filter(
    (slice) =>
      slice.kind === "routable" &&
      slice.where !== null &&
      slice.outcome !== "pass" &&
      (slice.blocking || slice.outcome === "fail"),
  );
}

/** Stages that were not proven are guarded too: an earlier, larger stage must not reach into them. */
function guardedCohorts(
  guarded: readonly JudgedSlice[],
  judged: JudgedRelease,
  stages: readonly StageRules[],
): GuardedCohort[] {
  const names = new Set([...guarded.map((slice) => slice.name), ...stages.map((stage) => stage.cohort)]);
  return judged.slices.flatMap((slice) =>
    names.has(slice.name) && slice.outcome !== "pass" && slice.where !== null
      ? [{ name: slice.name, where: slice.where }]
      : [],
  );
}

function stageReason(slice: JudgedSlice): string {
  if (slice.outcome === "pass") return `proven on this cohort; weight ${slice.weight}`;
  return `not proven on this cohort (${outcomeWords[slice.outcome]}${slice.reason === null ? "" : `: ${slice.reason}`})`;
}

function everyoneReason(judged: JudgedRelease, left: readonly string[]): string {
  const verdict = judged.decision === "pass" ? "the verdict passes" : `the verdict is ${outcomeWords[judged.decision]}`;
  return left.length === 0 ? verdict : `${verdict}; not proven on ${left.join(", ")}`;
}

function notRoutable(slice: JudgedSlice): string | null {
  if (slice.where === null) return `"${slice.name}" is everything: write "${EVERYONE}"`;
  if (slice.kind === "routable") return null;
  const why =
    slice.kind === "window" ? "it is a window of time" : "it is told by rows of a list or by what is known only later";
  return `"${slice.name}" cannot be a stage: ${why}, so a request cannot be sent by it`;
}

function unknownCohort(name: string, judged: JudgedRelease): string {
  if (judged.slices.length === 0) {
    return `"${name}" cannot be a stage: there is no verdict against what is live that says what it is; without one, "${EVERYONE}" is the only stage`;
  }
  const names = judged.slices
    .filter((slice) => slice.kind === "routable" && slice.where !== null)
    .map((slice) => slice.name);
  const near = nearest(name, [...names, EVERYONE]);
  const hint = near.length > 0 ? `nearest: ${near.join(", ")}` : `routable slices: ${names.join(", ") || "none"}`;
  return `the verdict has no slice "${name}"; ${hint}`;
}

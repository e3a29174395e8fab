/** A verdict in words. The first sentence carries no statistics: a product manager reads it and knows what to do. */
import { SCORE_GATE } from "../gates/gate-forms.ts";
import type { Outcome } from "../findings.ts";
import type { PairedNumber, Score, Verdict } from "../gates/verdict.ts";
import { oriented } from "./slice-order.ts";

/** What the words are made of; a verdict has it, and so has a what-if on the page. */
export interface WordsFacts {
  readonly decision: Outcome;
  readonly champion: string;
  readonly challenger: string;
  /** No champion yet: a baseline stands in for it. */
  readonly standsIn: boolean;
  /** The deciding metric over everything. */
  readonly overall: PairedNumber | null;
  readonly score: Pick<Score, "difference" | "interval">;
  /** Outcome of the gate on the weighted score. */
  readonly scoreOutcome: Outcome;
  readonly slices: readonly { readonly name: string; readonly blocking: boolean; readonly outcome: Outcome }[];
  readonly baselines: readonly { readonly name: string; readonly outcome: Outcome }[];
}

export const outcomeGlyphs: Readonly<Record<Outcome, string>> = {
  pass: "✓",
  fail: "✗",
  "not-enough-data": "·",
  "not-evaluated": "?",
};

export const outcomeWords: Readonly<Record<Outcome, string>> = {
  pass: "pass",
  fail: "fail",
  "not-enough-data": "not enough data",
  "not-evaluated": "not evaluated",
};

/** The gate on the weighted score, found by its name; else read off the interval. */
export function scoreOutcome(verdict: Verdict): Outcome {
  const gate = verdict.gates.find((g) => g.name === SCORE_GATE);
  if (gate !== undefined) return gate.outcome;
  const interval = verdict.score.interval;
  if (interval === null) return "not-evaluated";
  return interval[0] > 0 ? "pass" : interval[1] <= 0 ? "fail" : "not-enough-data";
}

/** Whether a baseline sits in the champion's seat, because the policy names no champion. */
export function baselineStandsIn(verdict: Pick<Verdict, "notes">): boolean {
  return verdict.notes.some((n) => n.code === "no-champion");
}

/** `challenger against champion`; says so where a baseline stands in for the champion. */
export function versus(verdict: Pick<Verdict, "champion" | "challenger" | "notes">): string {
  const stands = baselineStandsIn(verdict) ? ", the best baseline (no champion yet)" : "";
  return `${verdict.challenger} against ${verdict.champion}${stands}`;
}

export function wordsFacts(verdict: Verdict): WordsFacts {
  return {
    decision: verdict.decision,
    champion: verdict.champion,
    challenger: verdict.challenger,
    standsIn: baselineStandsIn(verdict),
    overall: verdict.overall[verdict.metric] ?? null,
    score: verdict.score,
    scoreOutcome: scoreOutcome(verdict),
    slices: verdict.slices,
    baselines: verdict.baselines,
  };
}

/** `a`, `a and b`, `a, b and 3 more`. */
export function listed(names: readonly string[], most = 2): string {
  if (names.length <= 1) return names[0] ?? "";
  if (names.length <= most + 1) return `${names.slice(0, -1).join(", ")} and ${names[names.length - 1]}`;
  return `${names.slice(0, most).join(", ")} and ${names.length - most} more`;
}

type Standing = "better" | "worse" | "open" | "equal" | "unknown";

/** Where the difference stands by its interval: proven better, proven worse, exactly equal, or open. */
function standing(difference: number | null, interval: readonly [number, number] | null): Standing {
  if (difference === null || interval === null) return "unknown";
  if (difference === 0 && interval[0] === 0 && interval[1] === 0) return "equal";
  return interval[0] > 0 ? "better" : interval[1] < 0 ? "worse" : "open";
}

function overallStanding(facts: WordsFacts): Standing {
  const turned = oriented(facts.overall);
  return standing(turned.difference, turned.interval);
}

const blockingThat = (facts: WordsFacts, outcome: Outcome): string[] =>
  facts.slices.filter((s) => s.blocking && s.outcome === outcome).map((s) => s.name);

const baselinesThat = (facts: WordsFacts, outcome: Outcome): string[] =>
  facts.baselines.filter((b) => b.outcome === outcome).map((b) => b.name);

/** `the challenger` where the model bears no name of its own, else its name. */
function called(name: string): string {
  return name === "challenger" || name === "champion" ? `the ${name}` : name;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** The first sentence of a report: what to do and why, without a number of statistics. */
export function firstSentence(facts: WordsFacts): string {
  switch (facts.decision) {
    case "pass":
      return passSentence(facts);
    case "fail":
      return `Do not release ${called(facts.challenger)}: ${failReason(facts)}.`;
    case "not-enough-data":
      return `Too early to release ${called(facts.challenger)}: ${openReason(facts)}.`;
    case "not-evaluated":
      return `${capital(called(facts.challenger))} was not judged: ${missingReason(facts)}.`;
  }
}

function passSentence(facts: WordsFacts): string {
  const blocking = facts.slices.filter((s) => s.blocking).length;
  const holds =
    blocking === 0
      ? ""
      : `, and ${blocking === 1 ? "the slice that blocks does" : "the slices that block do"} not get worse`;
  const better = standing(facts.score.difference, facts.score.interval) === "better";
  const is =
    overallStanding(facts) === "equal"
      ? "it answers alike"
      : better
        ? "it is better where it counts"
        : "it is not worse where it counts";
  const does = facts.standsIn
    ? `can be released: it beats the simple answer ${facts.champion}`
    : `can replace ${called(facts.champion)}: ${is}`;
  return `${capital(called(facts.challenger))} ${does}${holds}.`;
}

function averagely(facts: WordsFacts): string {
  const overall = overallStanding(facts);
  return overall === "better"
    ? "it is better on average but "
    : overall === "worse"
      ? "it is worse on average and "
      : "it is ";
}

function failReason(facts: WordsFacts): string {
  const blocking = blockingThat(facts, "fail");
  if (blocking.length > 0) {
    const must = blocking.length === 1 ? "a slice that must not get worse" : "slices that must not get worse";
    return `${averagely(facts)}worse for ${listed(blocking)}, ${must}`;
  }
  if (facts.scoreOutcome === "fail") {
    const overall = overallStanding(facts);
    if (overall === "better") return "it is better on average but not where the weight lies";
    const worse = standing(facts.score.difference, facts.score.interval) === "worse";
    if (overall === "worse" && worse) return "it is worse, on average and where it counts";
    return worse ? "it is worse where it counts" : `it is not better than ${called(facts.champion)} where it counts`;
  }
  const baselines = baselinesThat(facts, "fail");
  if (baselines.length > 0) return `it does not beat the simple answer ${listed(baselines)}`;
  return "a gate of the policy fails";
}

function openReason(facts: WordsFacts): string {
  const blocking = blockingThat(facts, "not-enough-data");
  const open = [
    ...(facts.scoreOutcome === "not-enough-data"
      ? [`it is not yet shown to be better than ${called(facts.champion)}`]
      : []),
    ...(blocking.length > 0 ? [`harm to ${listed(blocking)} cannot be ruled out yet`] : []),
    ...baselinesThat(facts, "not-enough-data")
      .slice(0, 1)
      .map((b) => `it is not yet shown to beat the simple answer ${b}`),
  ];
  return open.length === 0 ? "the data do not decide" : open.slice(0, 2).join(", and ");
}

function missingReason(facts: WordsFacts): string {
  const blocking = blockingThat(facts, "not-evaluated");
  if (blocking.length > 0)
    return `there is no evidence on ${listed(blocking)}, ${blocking.length === 1 ? "a slice that blocks" : "slices that block"}`;
  if (facts.scoreOutcome === "not-evaluated") return missingValue(facts) ?? EVIDENCE_IS_MISSING;
  const baselines = baselinesThat(facts, "not-evaluated");
  if (baselines.length > 0) return `the simple answer ${listed(baselines)} could not be compared`;
  return "a gate could not be evaluated";
}

const EVIDENCE_IS_MISSING = "too much of the weight lies on slices without evidence";

/** Why the metric has no value even over everything, for one of the two models or for both. */
function missingValue({ overall, champion, challenger }: WordsFacts): string | null {
  if (overall?.reason == null || overall.difference !== null) return null;
  const without = [overall.champion === null ? champion : null, overall.challenger === null ? challenger : null];
  const names = without.filter((name) => name !== null);
  if (names.length === 0) return null;
  return names.length === 2
    ? `the metric has no value: ${overall.reason}`
    : `no value for ${names[0]}: ${overall.reason}`;
}

/** The short reason after the answer on the first line: `wins on average, loses for low activity, a slice that blocks`. */
export function reasonInWords(facts: WordsFacts): string {
  const overall = overallStanding(facts);
  if (facts.decision === "pass") {
    const blocking = facts.slices.some((s) => s.blocking) ? "; no slice that blocks gets worse" : "";
    const better = standing(facts.score.difference, facts.score.interval) === "better";
    return `${overall === "equal" ? "the same answers as the champion" : better ? "better where it counts" : "not worse where it counts"}${blocking}`;
  }
  if (facts.decision === "fail") {
    const blocking = blockingThat(facts, "fail");
    if (blocking.length > 0) {
      const start = overall === "better" ? "wins on average, loses for" : "loses for";
      return `${start} ${listed(blocking)}, ${blocking.length === 1 ? "a slice that blocks" : "slices that block"}`;
    }
    if (facts.scoreOutcome === "fail" && overall === "better")
      return "wins on average, does not win where the weight lies";
    return failReason(facts).replace(/^it (is )?/, "");
  }
  return facts.decision === "not-enough-data" ? openReason(facts) : missingReason(facts);
}

/**
 * A plain sentence when the plain average and the weighted score tell different stories, else null. "Average" is the
 * deciding metric over everything.
 */
export function disagreement(facts: WordsFacts): string | null {
  const overall = overallStanding(facts);
  const score = standing(facts.score.difference, facts.score.interval);
  const lost = facts.slices.filter((s) => s.blocking && s.outcome === "fail").map((s) => s.name);
  if (overall === "better" && (score === "worse" || lost.length > 0)) {
    const where = lost.length > 0 ? `: ${listed(lost)}` : "";
    return `Wins overall, loses where it counts${where}.`;
  }
  if (overall === "better" && score === "open") return "Wins overall; where it counts, the win is not proven.";
  if (overall === "worse" && score === "better") return "Loses overall, wins where it counts.";
  if (overall === "worse" && score === "open") return "Loses overall; where it counts, the loss is not proven.";
  return null;
}

/** Which single change of the policy would turn a verdict over: the smallest one, or that there is none. */
import { SLICE_GATE } from "../gates/gate-forms.ts";
import type { Outcome } from "../findings.ts";

/** Per slice, in the order of the verdict. Weights in [0, 1]; margins at least 0. */
export interface Settings {
  readonly weights: Float64Array;
  readonly margins: Float64Array;
  readonly blocking: Uint8Array;
}

/** One knob: the slices that one policy entry sets together (an `each` entry makes several). */
export interface Knob {
  readonly name: string;
  readonly slices: readonly number[];
  /** Part of the entry's weight that each slice gets (`share: true` splits it by rows); absent: all of it each. */
  readonly shares?: readonly number[];
}

export interface Flip {
  readonly knob: string;
  readonly what: "weight" | "margin" | "blocking";
  readonly from: number;
  readonly to: number;
  readonly becomes: Outcome;
}

export interface FlipSearch {
  readonly decision: Outcome;
  /** The smallest single change that reaches `pass` (from `pass`: that leaves it); null where none does. */
  readonly flip: Flip | null;
  /** The smallest single change that gives any other decision, where it is not `flip` itself. */
  readonly nearest: Flip | null;
  /** Slices that block and fail whatever the weights are. */
  readonly stands: readonly string[];
}

export interface FlipInput {
  readonly settings: Settings;
  readonly knobs: readonly Knob[];
  /** The decision and its gates under other settings; called some dozens of times. */
  readonly decide: (settings: Settings) => {
    readonly decision: Outcome;
    readonly gates: readonly { readonly name: string; readonly outcome: Outcome }[];
  };
  /** Largest margin worth trying per slice: where the whole interval is within it. */
  readonly largestMargin: (slice: number) => number;
}

const STEPS = 12;
/** Knobs tried: those that block and the heaviest ones. */
const MOST_KNOBS = 40;

/**
 * Tries, one knob at a time, every change that could help (or, from `pass`, harm): its weight towards 0 and towards 1,
 * its margin, blocking the other way; bisects those that flip to their smallest size. Size of a change: of a weight,
 * the change itself; of a margin, its share of the largest worth trying; turning blocking over counts as 1.
 */
export function smallestFlip(input: FlipInput): FlipSearch {
  const steps = flipSteps(input);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** {@link smallestFlip} in steps of one attempt, for a page that must not stand still meanwhile. */
export function* flipSteps(input: FlipInput): Generator<void, FlipSearch, void> {
  const start = input.decide(input.settings);
  const passing = start.decision === "pass";
  const goal: Goal = (d) => (passing ? d !== "pass" && d !== "not-evaluated" : d === "pass");
  const better: Goal = (d) => start.decision === "fail" && d === "not-enough-data";
  const stands = start.gates
    .filter((g) => g.outcome === "fail" && g.name.startsWith(SLICE_GATE))
    .map((g) => g.name.slice(SLICE_GATE.length));
  let flip: Found | null = null;
  let nearest: Found | null = null;
  for (const knob of worthTrying(input)) {
    for (const attempt of attempts(input, knob, passing)) {
      // The gate of a blocking slice does not know the weights: while one fails, no weight helps.
      if (attempt.what === "weight" && stands.length > 0) continue;
      yield;
      flip = smaller(input, attempt, goal, flip);
      if (flip === null) nearest = smaller(input, attempt, better, nearest);
    }
  }
  return {
    decision: start.decision,
    flip: flip?.flip ?? null,
    nearest: flip === null ? (nearest?.flip ?? null) : null,
    stands,
  };
}

type Goal = (decision: Outcome) => boolean;

function worthTrying(input: FlipInput): Knob[] {
  const { weights, blocking } = input.settings;
  const load = (knob: Knob): number =>
    knob.slices.reduce((sum, s) => sum + (weights[s] ?? 0) + (blocking[s] === 1 ? 1000 : 0), 0);
  return [...input.knobs].sort((a, b) => load(b) - load(a)).slice(0, MOST_KNOBS);
}

/** The smaller of the best so far and this attempt; one decision where the attempt cannot be smaller. */
function smaller(input: FlipInput, attempt: Attempt, goal: Goal, best: Found | null): Found | null {
  const whole = Math.abs(attempt.to - attempt.from) / attempt.scale;
  const reach = best === null ? 1 : Math.min(1, best.size / whole);
  if (attempt.what === "blocking" && best !== null && best.size <= 1) return best;
  if (!goal(input.decide(attempt.at(reach)).decision)) return best;
  const found = bisect(input, attempt, goal, reach);
  return best === null || found.size < best.size ? found : best;
}

interface Attempt {
  readonly knob: Knob;
  readonly what: Flip["what"];
  readonly from: number;
  readonly to: number;
  readonly scale: number;
  /** Settings with the change made to the part `t` of its way. */
  at(t: number): Settings;
}

interface Found {
  readonly flip: Flip;
  readonly size: number;
}

/** Changes of one knob that could help a verdict, or harm one that passes; the others cannot flip it. */
function attempts(input: FlipInput, knob: Knob, passing: boolean): Attempt[] {
  const first = knob.slices[0];
  if (first === undefined) return [];
  const { weights, margins, blocking } = input.settings;
  const weight = (weights[first] ?? 0) / (knob.shares?.[0] || 1);
  const margin = margins[first] ?? 0;
  const blocks = blocking[first] ?? 0;
  const made: Attempt[] = [];
  const vary = (what: "weight" | "margin", from: number, to: number, scale: number): void => {
    if (from === to) return;
    made.push({
      knob,
      what,
      from,
      to,
      scale,
      at: (t) => change(input.settings, knob, what, t === 1 ? to : from + t * (to - from)),
    });
  };
  vary("weight", weight, 0, 1);
  vary("weight", weight, 1, 1);
  if (blocks === 1) {
    const largest = Math.max(0, ...knob.slices.map((s) => input.largestMargin(s)));
    if (!passing && largest > margin) vary("margin", margin, largest, largest);
    if (passing && margin > 0) vary("margin", margin, 0, Math.max(largest, margin));
  }
  if (passing === (blocks === 1)) return made;
  made.push({
    knob,
    what: "blocking",
    from: blocks,
    to: 1 - blocks,
    scale: 1,
    at: () => change(input.settings, knob, "blocking", 1 - blocks),
  });
  return made;
}

/** Settings with one value changed for all slices of a knob; a weight is that of the entry, split by its shares. */
export function change(settings: Settings, knob: Knob, what: Flip["what"], value: number): Settings {
  const next = { weights: settings.weights, margins: settings.margins, blocking: settings.blocking };
  if (what === "blocking") {
    next.blocking = Uint8Array.from(settings.blocking);
    for (const s of knob.slices) next.blocking[s] = value;
    return next;
  }
  const values = Float64Array.from(what === "weight" ? settings.weights : settings.margins);
  knob.slices.forEach((s, i) => {
    values[s] = what === "weight" ? value * (knob.shares?.[i] ?? 1) : value;
  });
  if (what === "weight") next.weights = values;
  else next.margins = values;
  return next;
}

function bisect(input: FlipInput, attempt: Attempt, goal: Goal, reach: number): Found {
  let no = 0;
  let yes = reach;
  if (attempt.what !== "blocking") {
    for (let step = 0; step < STEPS; step++) {
      const middle = (no + yes) / 2;
      if (goal(input.decide(attempt.at(middle)).decision)) yes = middle;
      else no = middle;
    }
  }
  const exact = attempt.from + yes * (attempt.to - attempt.from);
  const rounded = roundOutwards(exact, attempt);
  const holds = goal(input.decide(change(input.settings, attempt.knob, attempt.what, rounded)).decision);
  const to = holds ? rounded : exact;
  const becomes = input.decide(change(input.settings, attempt.knob, attempt.what, to)).decision;
  return {
    flip: { knob: attempt.knob.name, what: attempt.what, from: attempt.from, to, becomes },
    size: Math.abs(to - attempt.from) / attempt.scale,
  };
}

/** Rounded away from where the change began, so that the round number still flips. */
function roundOutwards(value: number, attempt: Attempt): number {
  if (attempt.what === "blocking") return value;
  const unit = attempt.what === "weight" ? 0.01 : 10 ** (Math.floor(Math.log10(attempt.scale || 1)) - 2);
  const steps = attempt.to > attempt.from ? Math.ceil(value / unit - 1e-9) : Math.floor(value / unit + 1e-9);
  const rounded = Number((steps * unit).toPrecision(12));
  return attempt.to > attempt.from ? Math.min(rounded, attempt.to) : Math.max(rounded, attempt.to);
}

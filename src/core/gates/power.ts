import { figure } from "./figure.ts";
import type { Prepared, Tested } from "./prepare.ts";
import type { Power, Score } from "./verdict.ts";

/** What of a decision decides its power. */
export interface PowerInput {
  readonly score: Tested | null;
  readonly scoreValue: Score;
  readonly blockers: readonly number[];
  readonly margins: ArrayLike<number>;
  readonly baselines: readonly (Tested | null)[];
}

/** One gate as the power calculation sees it: passes when true effect + noise - critical * se reaches the line. */
interface SimulatedGate {
  readonly test: Tested;
  /** True value of the gate's difference when the challenger beats the champion by 0 everywhere. */
  readonly offset: number;
  readonly line: number;
  readonly strict: boolean;
}

/**
 * P(pass) of the whole policy on data like these, if the challenger were better than the champion by the same amount
 * on every slice: each bootstrap draw plays a test set (its shift is the noise, its own standard error sets its
 * bound), all gates must pass in the same draw. Also for no difference at all (the false-pass rate), and the smallest
 * difference that passes with 80%.
 */
export function policyPower(prepared: Prepared, input: PowerInput): Power {
  const { gate } = prepared.input;
  const observed = input.score?.paired.difference ?? null;
  const source = gate.expected !== null ? "policy" : observed !== null && observed > 0 ? "observed" : null;
  const expected = gate.expected ?? (source === "observed" ? observed : null);
  const gates = simulatedGates(prepared, input);
  if (typeof gates === "string") {
    return { expected, source, pass: expected === null ? null : 0, falsePass: 0, detectable: null, reason: gates };
  }
  if (!(input.score!.paired.standardError > 0)) {
    const reason = "the two answer alike here, so that the data do not say how much a difference would scatter";
    return { expected, source, pass: null, falsePass: passRate(gates, 0), detectable: null, reason };
  }
  const detectable = smallestPassing(gates);
  return {
    expected,
    source,
    pass: expected === null ? null : passRate(gates, expected),
    falsePass: passRate(gates, 0),
    detectable,
    reason: powerReason(detectable, input.blockers.length),
  };
}

/** The gates, or the reason why no difference whatever could pass. */
function simulatedGates(prepared: Prepared, input: PowerInput): SimulatedGate[] | string {
  const { gate, slices, units } = prepared.input;
  if (input.score === null) return "the score has no evidence, so that no challenger could pass";
  if (units < gate.minUnits) return `${units} units in all: no challenger could pass below ${gate.minUnits}`;
  const { evaluated, excluded } = input.scoreValue.weight;
  if (excluded > 0.1 * (evaluated + excluded)) {
    return "too much weight lies on slices without evidence: no challenger could pass";
  }
  const gates: SimulatedGate[] = [
    gate.score === "better"
      ? { test: input.score, offset: 0, line: gate.margin, strict: true }
      : { test: input.score, offset: 0, line: -gate.margin, strict: false },
  ];
  for (const s of input.blockers) {
    const test = prepared.testSlice(s);
    const { slice, counts } = slices[s]!;
    if (test === null || counts.units < gate.minUnits) {
      return `the blocking slice ${slice.name} has ${counts.units} units: no challenger could pass below ${gate.minUnits}`;
    }
    gates.push({ test, offset: 0, line: -input.margins[s]!, strict: false });
  }
  if (gate.baselines === "better") {
    for (const test of input.baselines) {
      if (test === null) return "a baseline has no evidence, so that no challenger could pass";
      // Champion minus baseline, as observed.
      const offset = test.paired.difference - input.score.paired.difference;
      gates.push({ test, offset, line: 0, strict: true });
    }
  }
  return gates;
}

function passRate(gates: readonly SimulatedGate[], effect: number): number {
  const draws = gates[0]!.test.resampled.shift.length;
  let passed = 0;
  for (let b = 0; b < draws; b++) if (gates.every((gate) => passes(gate, effect, b))) passed++;
  return passed / draws;
}

function passes({ test, offset, line, strict }: SimulatedGate, effect: number, b: number): boolean {
  const standardError = test.resampled.standardError[b]!;
  const half = standardError > 0 ? test.critical.high * standardError : 0;
  const low = offset + effect + test.resampled.shift[b]! - half;
  return strict ? low > line : low >= line;
}

/** Bisection on the effect; pass rates grow with it, because every gate's bound does. */
function smallestPassing(gates: readonly SimulatedGate[]): number | null {
  let high = Math.max(...gates.map(({ test, line, offset }) => Math.abs(line - offset) + test.paired.standardError));
  if (!(high > 0)) high = 1e-12;
  for (let doubling = 0; passRate(gates, high) < 0.8; doubling++) {
    if (doubling === 40 || !Number.isFinite(high)) return null;
    high *= 2;
  }
  let low = 0;
  for (let step = 0; step < 30; step++) {
    const middle = (low + high) / 2;
    if (passRate(gates, middle) < 0.8) low = middle;
    else high = middle;
  }
  return high;
}

function powerReason(detectable: number | null, blockers: number): string {
  if (detectable === null) return "no difference passes with 80% chance: too few units behind one of the gates";
  const demand = blockers === 0 ? "" : `, on ${blockers} blocking slice${blockers === 1 ? "" : "s"} too`;
  return `passes with 80% chance where the challenger is better by ${figure(detectable)} everywhere${demand}`;
}

import { normalQuantile } from "../statistics/normal-distribution.ts";
import type { GatePolicy } from "./decision.ts";
import { figure } from "./figure.ts";
import type { Tested } from "./prepare.ts";

/** A gate that could not decide: its units, its test and the line that the interval must leave behind. */
export interface Undecided {
  readonly units: number;
  readonly test: Tested;
  readonly threshold: number;
}

/** Chance with which the stated number of units would decide. */
const TARGET_POWER = 0.8;

/**
 * How many more units would let the gate pass, at the expected (policy) or else the observed difference:
 * n = n_s ((z_{1-alpha/2} + z_{0.8}) se / (effect - line))^2 (METHODS 1). Null where the effect does not lie above the
 * line: more data of the same kind would not make it pass.
 */
export function neededUnits(
  gateName: string,
  undecided: Undecided,
  gate: GatePolicy,
): { gate: string; units: number | null; reason: string } {
  const { units, test, threshold } = undecided;
  const effect = gate.expected ?? test.paired.difference;
  const source = gate.expected === null ? "observed" : "expected";
  const distance = effect - threshold;
  if (!(distance > 0)) {
    const reason = `at the ${source} difference of ${figure(effect)} more units would not make it pass`;
    return { gate: gateName, units: null, reason };
  }
  const z = normalQuantile(1 - (1 - gate.confidence) / 2) + normalQuantile(TARGET_POWER);
  const total = Math.ceil(units * ((z * test.paired.standardError) / distance) ** 2);
  // The studentised interval is wider than the normal one that the formula assumes: never claim that none are needed.
  const more = Math.max(1, total - units);
  return {
    gate: gateName,
    units: more,
    reason: `about ${more.toLocaleString("en-US")} more units would decide with ${TARGET_POWER * 100}% chance, if the ${source} difference of ${figure(effect)} holds`,
  };
}

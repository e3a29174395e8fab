/** The policy's entries as knobs over the slices that they make. */
import type { Verdict } from "../gates/verdict.ts";
import type { Knob, Settings } from "./flip.ts";

export function settingsOf(verdict: Pick<Verdict, "slices">): Settings {
  return {
    weights: Float64Array.from(verdict.slices, (s) => s.weight),
    margins: Float64Array.from(verdict.slices, (s) => s.margin),
    blocking: Uint8Array.from(verdict.slices, (s) => (s.blocking ? 1 : 0)),
  };
}

/** One knob per policy entry, in the policy's order. Where an entry splits its weight, the heaviest slice stands for 1. */
export function knobsOf(verdict: Pick<Verdict, "slices">, entryWeights?: ReadonlyMap<string, number>): Knob[] {
  const byEntry = new Map<string, number[]>();
  verdict.slices.forEach((slice, s) => {
    const known = byEntry.get(slice.entry);
    if (known === undefined) byEntry.set(slice.entry, [s]);
    else known.push(s);
  });
  return [...byEntry].map(([name, slices]) => {
    const weights = slices.map((s) => verdict.slices[s]?.weight ?? 0);
    const whole = entryWeights?.get(name) ?? Math.max(...weights);
    const split = whole > 0 && weights.some((w) => w !== weights[0] || w !== whole);
    return split ? { name, slices, shares: weights.map((w) => w / whole) } : { name, slices };
  });
}

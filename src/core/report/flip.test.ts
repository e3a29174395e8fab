import { describe, expect, it } from "vitest";
import { decidedFilmRanker } from "../../../test/film-ranker.ts";
import { decide } from "../gates/decide.ts";
import { prepare } from "../gates/prepare.ts";
import { decisionInput, flipInput, wouldFlip } from "./decision-input.ts";
import { change, type Flip, smallestFlip } from "./flip.ts";
import { flipInWords } from "./flip-words.ts";
import { knobsOf, settingsOf } from "./knobs.ts";

const evidence = decidedFilmRanker();
const prepared = prepare(decisionInput(evidence));
const knobs = knobsOf(evidence.verdict);
const issued = settingsOf(evidence.verdict);
const knob = (name: string) => knobs.find((k) => k.name === name) ?? { name, slices: [] };
const free = change(issued, knob("low activity"), "blocking", 0);
const search = (settings: typeof issued) => smallestFlip(flipInput(evidence, prepared, settings));
const decisionAfter = (settings: typeof issued, flip: Flip, value = flip.to) =>
  decide(prepared, { ...change(settings, knob(flip.knob), flip.what, value), onlyGates: true }).decision;

describe("the smallest change that flips a verdict", () => {
  it("is nothing where a blocking slice fails and the score would not pass either, and says which slice stands", () => {
    const found = search(issued);
    expect(found.flip).toBeNull();
    expect(found.stands).toEqual(["low activity"]);
    expect(flipInWords(found)[0]).toBe("nothing: even at weight 0 the blocking slice stands (low activity)");
  });
  it("then names the nearest change to another decision, which really gives it", () => {
    const { nearest } = search(issued);
    expect(nearest).toMatchObject({ knob: "low activity", what: "margin", from: 0, becomes: "not-enough-data" });
    if (nearest !== null) expect(decisionAfter(issued, nearest)).toBe("not-enough-data");
  });
  it("finds the weight at which the score passes, and a hundredth less does not", () => {
    const { flip, decision } = search(free);
    expect(decision).toBe("not-enough-data");
    expect(flip).toMatchObject({ what: "weight", becomes: "pass" });
    if (flip === null) return;
    expect(decisionAfter(free, flip)).toBe("pass");
    expect(decisionAfter(free, flip, flip.to + Math.sign(flip.from - flip.to) * 0.011)).toBe("not-enough-data");
    expect(flipInWords({ decision, flip, nearest: null, stands: [] })[0]).toMatch(
      /^weight of .+ from \d\.\d\d to [\d.]+ makes it pass$/,
    );
  });
  it("turns a pass over as well", () => {
    const passing = change(free, knob("low activity"), "weight", 0.2);
    const { flip, decision } = search(passing);
    expect(decision).toBe("pass");
    expect(flip).not.toBeNull();
    if (flip !== null) expect(decisionAfter(passing, flip)).toBe(flip.becomes);
  });
  it("gives the lines for a terminal from the evidence alone", () => {
    expect(wouldFlip(evidence)).toEqual(flipInWords(search(issued)));
  });
  it("takes the slices of one entry together, and keeps how it splits its weight", () => {
    const split = {
      slices: evidence.verdict.slices.map((s, i) => ({
        ...s,
        entry: i < 2 ? "both" : s.name,
        weight: i === 0 ? 0.2 : i === 1 ? 0.6 : s.weight,
      })),
    };
    const both = knobsOf(split, new Map([["both", 0.8]]))[0];
    expect(both?.shares?.map((s) => Number(s.toFixed(9)))).toEqual([0.25, 0.75]);
    const halved = both === undefined ? issued : change(settingsOf(split), both, "weight", 0.4);
    expect([halved.weights[0], halved.weights[1]].map((w) => Number(w?.toFixed(9)))).toEqual([0.1, 0.3]);
  });
});

import { describe, expect, it } from "vitest";
import { filmRanker } from "../../../test/film-ranker.ts";
import type { Outcome } from "../findings.ts";
import { disagreement, firstSentence, listed, reasonInWords, wordsFacts, type WordsFacts } from "./words.ts";

const lost = wordsFacts(filmRanker().verdict);
const slice = (name: string, outcome: Outcome, blocking = true) => ({ name, outcome, blocking });
const won: WordsFacts = {
  ...lost,
  decision: "pass",
  scoreOutcome: "pass",
  score: { difference: 0.02, interval: [0.01, 0.03] },
  slices: [slice("new users", "pass")],
};
const STATISTICS = /\d|interval|signific|confiden|p-value|bootstrap|%/i;

describe("a verdict in words", () => {
  it("tells a product manager what to do and why, without a number", () => {
    expect(firstSentence(lost)).toBe(
      "Do not release the challenger: it is better on average but worse for low activity, a slice that must not get worse.",
    );
    expect(firstSentence(won)).toBe(
      "The challenger can replace the champion: it is better where it counts, and the slice that blocks does not get worse.",
    );
    expect(firstSentence({ ...won, challenger: "v14" })).toMatch(/^V14 can replace the champion/);
    expect(
      firstSentence({
        ...won,
        decision: "not-enough-data",
        scoreOutcome: "not-enough-data",
        slices: [slice("new users", "not-enough-data")],
      }),
    ).toBe(
      "Too early to release the challenger: it is not yet shown to be better than the champion, and harm to new users cannot be ruled out yet.",
    );
    expect(firstSentence({ ...won, decision: "not-evaluated", slices: [slice("new users", "not-evaluated")] })).toBe(
      "The challenger was not judged: there is no evidence on new users, a slice that blocks.",
    );
  });
  it("keeps statistics out of the first sentence whatever fails", () => {
    const outcomes = ["pass", "fail", "not-enough-data", "not-evaluated"] as const;
    for (const decision of outcomes)
      for (const scoreOutcome of outcomes)
        for (const outcome of outcomes) {
          const facts = {
            ...lost,
            decision,
            scoreOutcome,
            slices: [slice("new users", outcome)],
            baselines: [{ name: "popularity", outcome }],
          };
          expect(firstSentence(facts)).not.toMatch(STATISTICS);
          expect(firstSentence(facts)).toMatch(/^[A-Z].*\.$/);
          expect(reasonInWords(facts)).not.toBe("");
        }
  });
  it("says so when the average and the weighted score disagree, and keeps silent when they agree", () => {
    expect(disagreement(lost)).toBe("Wins overall, loses where it counts: low activity.");
    expect(disagreement({ ...lost, slices: [] })).toBe("Wins overall; where it counts, the win is not proven.");
    expect(disagreement(won)).toBeNull();
    expect(disagreement({ ...won, score: { difference: -0.02, interval: [-0.03, -0.01] } })).toBe(
      "Wins overall, loses where it counts.",
    );
  });
  it("reads a metric where less is better the right way round", () => {
    const overall = lost.overall === null ? null : { ...lost.overall, direction: -1 as const };
    expect(disagreement({ ...won, overall })).toBe("Loses overall, wins where it counts.");
  });
  it("names identical answers as such", () => {
    const overall = lost.overall === null ? null : { ...lost.overall, difference: 0, interval: [0, 0] as const };
    expect(firstSentence({ ...won, overall, score: { difference: 0, interval: [0, 0] } })).toContain(
      "it answers alike",
    );
  });
  it("speaks of the simple answer where no champion is there yet", () => {
    expect(firstSentence({ ...won, champion: "popularity", standsIn: true })).toBe(
      "The challenger can be released: it beats the simple answer popularity, and the slice that blocks does not get worse.",
    );
  });
  it("lists names like a person", () => {
    expect([
      listed([]),
      listed(["a"]),
      listed(["a", "b"]),
      listed(["a", "b", "c"]),
      listed(["a", "b", "c", "d"]),
    ]).toEqual(["", "a", "a and b", "a, b and c", "a, b and 2 more"]);
  });
});

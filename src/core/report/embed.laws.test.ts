import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decidedFilmRanker } from "../../../test/film-ranker.ts";
import { manySlices } from "../../../test/many-slices.ts";
import { decide } from "../gates/decide.ts";
import { prepare } from "../gates/prepare.ts";
import { fromBase64, toBase64 } from "./base64.ts";
import { decisionInput } from "./decision-input.ts";
import { embedEvidence, unpackEvidence, type EmbeddedEvidence } from "./embed.ts";

describe("evidence inside a report", () => {
  it("comes back exactly, so that the page decides as the product did", () => {
    const evidence = decidedFilmRanker();
    const back = unpackEvidence(JSON.parse(JSON.stringify(embedEvidence(evidence))) as EmbeddedEvidence);
    expect(back.foldValues).toEqual(evidence.foldValues);
    const decision = decide(prepare(decisionInput(back)));
    expect(decision.decision).toBe(evidence.verdict.decision);
    expect(decision.score).toEqual(evidence.verdict.score);
    expect(decision.gates).toEqual(evidence.verdict.gates);
  });
  it("stays small for a thousand slices, and moves no interval by more than a ten-thousandth of its width", () => {
    const evidence = manySlices(1000);
    const text = JSON.stringify(embedEvidence(evidence).foldValues);
    expect(text.length).toBeLessThan(2_500_000);
    const back = unpackEvidence({
      ...embedEvidence(evidence),
      foldValues: JSON.parse(text) as EmbeddedEvidence["foldValues"],
    });
    const [low = 0, high = 0] = decide(prepare(decisionInput(back)), { onlyGates: true }).score.interval ?? [];
    const [was = 0, until = 0] = evidence.verdict.score.interval ?? [];
    expect(Math.abs(low - was)).toBeLessThan((until - was) * 1e-4);
    expect(Math.abs(high - until)).toBeLessThan((until - was) * 1e-4);
  });
  it("keeps two identical answers identical in the small form too", () => {
    const evidence = manySlices(500);
    const twins = {
      ...evidence.foldValues,
      slices: evidence.foldValues.slices.map((s) => ({
        ...s,
        sums: [s.sums[0] ?? s.weight, s.sums[0] ?? s.weight, s.weight],
      })),
    };
    const embedded = embedEvidence({ ...evidence, foldValues: twins });
    expect(embedded.foldValues.paired).toBe(true);
    for (const slice of unpackEvidence(embedded).foldValues.slices) expect(slice.sums[1]).toEqual(slice.sums[0]);
  });
  it("writes base64 as everyone does", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString("base64"));
        expect(fromBase64(toBase64(bytes))).toEqual(Uint8Array.from(bytes));
      }),
    );
  });
});

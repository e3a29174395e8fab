import { describe, expect, it } from "vitest";
import { filmRanker, hostileNames, hostileVerdict } from "../../../test/film-ranker.ts";
import { golden } from "../../../test/golden.ts";
import { wellFormedXml } from "../../../test/well-formed-xml.ts";
import { renderJUnit } from "./junit.ts";

const kept = (name: string, text: string): string => golden(new URL(`golden/${name}`, import.meta.url), text);
const { verdict } = filmRanker();

describe("a verdict as JUnit XML", () => {
  it("reads as the kept example", () => {
    const text = renderJUnit(verdict);
    expect(text).toBe(kept("film-ranker.xml", text));
  });
  it("is well-formed for any name and gives the names back", () => {
    const document = wellFormedXml(renderJUnit(hostileVerdict()));
    const names = document.filter((e) => e.name === "testcase").map((e) => e.attributes["name"]);
    for (const name of hostileNames.slice(0, 7)) expect(names).toContain(name);
    expect(names).toContain("line\nbreak\ttab\uFFFD[31mred\uFFFD");
  });
  it("maps fail to failure, not evaluated to error, not enough data to skipped", () => {
    const outcomes = ["pass", "fail", "not-evaluated", "not-enough-data"] as const;
    const gates = outcomes.map((outcome) => ({ name: outcome, outcome, reason: "because", numbers: {} }));
    const document = wellFormedXml(renderJUnit({ ...verdict, gates, slices: [], baselines: [] }));
    const root = document[0]?.attributes ?? {};
    expect([root["tests"], root["failures"], root["errors"], root["skipped"]]).toEqual(["4", "1", "1", "1"]);
    expect(document.map((e) => e.name).filter((n) => ["failure", "error", "skipped"].includes(n))).toEqual([
      "failure",
      "error",
      "skipped",
    ]);
  });
  it("counts no failure for a slice that does not block, and says that it loses", () => {
    const text = renderJUnit({
      ...verdict,
      gates: [],
      baselines: [],
      slices: verdict.slices.filter((s) => s.name === "user_activity=low"),
    });
    expect(text).toContain('failures="0"');
    expect(text).toContain('<skipped message="fail (does not block): difference');
  });
  it("gives n, units and the interval of every slice as properties", () => {
    const document = wellFormedXml(renderJUnit({ ...verdict, gates: [], baselines: [] }));
    const names = document.filter((e) => e.name === "property").map((e) => e.attributes["name"]);
    for (const name of ["n", "units", "interval_low", "interval_high"]) {
      expect(names.filter((n) => n === name)).toHaveLength(verdict.slices.length);
    }
  });
});

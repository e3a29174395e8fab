import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { editedSection, editPolicy, type EntryChange, writtenSection } from "../core/report/policy-edit.ts";
import { policySource } from "./policy-source.ts";

const text = `# our ranker
model: films
slices:
  # new users matter most
  low activity: { where: { user_activity: low }, weight: 1, blocking: true }  # ask Ada first
  "a: \\"b\\" # c":
    where: { x: 1 }   # a condition
    weight: 0.3       # agreed in May

  deep:
    where:
      any:
        - { a: 1 }
        - { b: 2 }
    margin: 0.01
  bare: { each: region }
gate: { score: better }   # the end
`;

type Change = { [K in keyof EntryChange]-?: EntryChange[K] | undefined };
const changes = fc.dictionary(
  fc.constantFrom("low activity", 'a: "b" # c', "deep", "bare"),
  fc.record<Change>({
    weight: fc.option(
      fc.integer({ min: 0, max: 100 }).map((n) => n / 100),
      { nil: undefined },
    ),
    margin: fc.option(fc.double({ min: 1e-9, max: 3, noNaN: true }), { nil: undefined }),
    blocking: fc.option(fc.boolean(), { nil: undefined }),
  }),
);

function asMap(made: Readonly<Record<string, Change>>): Map<string, EntryChange> {
  return new Map(
    Object.entries(made).map(([name, change]) => [
      name,
      Object.fromEntries(Object.entries(change).filter(([, v]) => v !== undefined)),
    ]),
  );
}

type Slices = Record<string, Record<string, unknown>>;

describe("a what-if written back into a policy", () => {
  for (const [form, given] of [
    ["line feeds", text],
    ["carriage returns", text.replace(/\n/g, "\r\n")],
  ] as const) {
    it(`changes the values that were changed and nothing else (${form})`, () => {
      const source = policySource("umpire.yaml", given);
      const before = (parse(given) as { slices: Slices }).slices;
      fc.assert(
        fc.property(changes, (made) => {
          const edited = editPolicy(source, asMap(made));
          const after = parse(edited) as { slices: Slices; model: string; gate: unknown };
          expect(after.model).toBe("films");
          expect(after.gate).toEqual({ score: "better" });
          expect(Object.keys(after.slices)).toEqual(Object.keys(before));
          const defaults: Readonly<Record<string, unknown>> = { weight: 1, margin: 0, blocking: false };
          for (const [name, slice] of Object.entries(after.slices)) {
            for (const [key, fallback] of Object.entries(defaults)) {
              const wanted = made[name]?.[key as keyof Change] ?? before[name]?.[key] ?? fallback;
              const now = slice[key] ?? fallback;
              if (typeof wanted === "number") expect(now).toBeCloseTo(wanted, 11);
              else expect(now).toBe(wanted);
            }
            expect(slice["where"]).toEqual(before[name]?.["where"]);
          }
          for (const comment of [
            "# our ranker",
            "# new users matter most",
            "# ask Ada first",
            "# a condition",
            "# agreed in May",
            "# the end",
          ]) {
            expect(edited).toContain(comment);
          }
        }),
      );
    });
  }
  it("leaves the text as it is where nothing was changed", () => {
    expect(
      editPolicy(
        policySource("p.yaml", text),
        new Map([
          ["bare", { weight: 1 }],
          ["unknown", { weight: 0 }],
        ]),
      ),
    ).toBe(text);
  });
  it("keeps a comment behind the value that it is about", () => {
    const edited = editPolicy(
      policySource("p.yaml", text),
      new Map([['a: "b" # c', { weight: 0.25, blocking: true }]]),
    );
    expect(edited).toContain("    weight: 0.25       # agreed in May\n    blocking: true\n");
  });
  it("gives the slices section alone, ready to paste", () => {
    const section = editedSection(
      policySource("p.yaml", text),
      new Map([["low activity", { weight: 0.5, margin: 0.02 }]]),
    );
    expect(section.startsWith("slices:\n")).toBe(true);
    expect(section).not.toContain("gate:");
    expect((parse(section) as { slices: Slices }).slices["low activity"]).toEqual({
      where: { user_activity: "low" },
      weight: 0.5,
      blocking: true,
      margin: 0.02,
    });
  });
  it("has no entries for a policy without slices, or one that is no mapping", () => {
    expect(policySource("p.yaml", "model: x\n").entries).toEqual([]);
    expect(policySource("p.yaml", "- a\n").entries).toEqual([]);
    expect(policySource("p.yaml", "").entries).toEqual([]);
  });
  it("writes a section from the verdict alone that YAML reads back", () => {
    const slices = [
      { name: 'so: "called"', entry: "e", where: { a: { from: 1 } }, weight: 0.5, margin: 0, blocking: true },
      { name: "all", entry: "all", where: null, weight: 1, margin: 0.1, blocking: false },
    ];
    expect(parse(writtenSection(slices, new Map([["e", { weight: 0.1 }]])))).toEqual({
      slices: {
        'so: "called"': { where: { a: { from: 1 } }, weight: 0.1, blocking: true },
        all: { weight: 1, margin: 0.1 },
      },
    });
  });
});

import { expect, test } from "vitest";
import type { ParsedPolicy } from "../policy/parse-policy.ts";
import { readYaml } from "../yaml-source.ts";
import { parseMonitors } from "./parse-monitors.ts";

const read = (text: string) =>
  parseMonitors({
    source: readYaml(text, "umpire.yaml"),
    policy: { metrics: ["roc_auc"], task: "binary" } as unknown as ParsedPolicy["policy"],
  });

test("announced events and importance are read, a day as an end included", () => {
  const monitors = read(
    "monitors:\n  importance: { price: 3, age: 0.5 }\n  expected:\n    - { name: sale, from: 2026-10-01, to: 2026-10-14, columns: [price] }\n",
  );
  expect(monitors.expected).toEqual([
    { name: "sale", from: Date.UTC(2026, 9, 1), to: Date.UTC(2026, 9, 15), columns: ["price"] },
  ]);
  expect([...monitors.importance]).toEqual([
    ["price", 3],
    ["age", 0.5],
  ]);
});

test("without a section nothing is announced and no column leads", () => {
  expect(read("model: m\n")).toMatchObject({ by: "day", expected: [], importance: new Map() });
});

test("a mistake names line and column", () => {
  expect(() => read("monitors:\n  expected:\n    - { name: sale, from: soon, to: 2026-10-14 }\n")).toThrow(
    expect.objectContaining({ where: "umpire.yaml:3:27", message: expect.stringContaining("not a date") }),
  );
  expect(() => read("monitors:\n  importance: { price: much }\n")).toThrow(
    expect.objectContaining({ where: "umpire.yaml:2:24" }),
  );
});

import { describe, expect, it } from "vitest";
import type { Outcome } from "../../core/findings.ts";
import { playDemo, type DemoTools } from "./play-demo.ts";

function toolsThatDecide(decisions: Readonly<Record<string, Outcome>>, moved: readonly string[] = []) {
  const log: string[] = [];
  const tools: DemoTools = {
    example: { script: "prepare.sql", lay: async (folder) => (log.push(`lay ${folder}`), moved) },
    flights: { prepare: async ({ destination }) => void log.push(`prepare ${destination}`), cut: async () => [] },
    judge: async (policy, record) => (log.push(`judge ${policy} into ${record}`), decisions[policy] ?? "not-evaluated"),
    tell: () => {},
    remark: (text) => void log.push(text),
  };
  return { tools, log };
}
const place = { folder: "/home/ada/demo", path: (name: string) => `demo/${name}` };

describe("the demo", () => {
  it("lays out the example, makes the table, and judges both challengers in turn", async () => {
    const { tools, log } = toolsThatDecide({ "demo/umpire.yaml": "fail", "demo/umpire-fixed.yaml": "pass" });
    expect((await playDemo(place, tools)).asTold).toBe(true);
    expect(log).toEqual([
      "lay /home/ada/demo",
      "prepare /home/ada/demo/flights.parquet",
      "judge demo/umpire.yaml into demo/challenger",
      "judge demo/umpire-fixed.yaml into demo/challenger-fixed",
    ]);
  });

  it("does not end as told when a verdict is another one", async () => {
    const { tools } = toolsThatDecide({ "demo/umpire.yaml": "fail", "demo/umpire-fixed.yaml": "not-enough-data" });
    const { asTold, acts } = await playDemo(place, tools);
    expect(asTold).toBe(false);
    expect(acts.map((act) => [act.expected, act.decision])).toEqual([
      ["fail", "fail"],
      ["pass", "not-enough-data"],
    ]);
  });

  it("says where a policy went that the user had changed", async () => {
    const { tools, log } = toolsThatDecide({}, ["umpire.yaml.yours"]);
    await playDemo(place, tools);
    expect(log).toContain("your changed policy is kept as demo/umpire.yaml.yours");
  });
});

import { expect, test } from "vitest";
import { umpire } from "../acceptance/command-line.ts";
import { startGateway } from "./running-gateway.ts";

test("umpire override blocks, boosts, opts out, lists and withdraws at a running gateway", async () => {
  const gateway = await startGateway(`gateway:
  log: { rotate: false }
  models:
    m: { columns: { item: item, unit: user }, versions: { v1: { constant: 2 }, nobody: { constant: 0 } }, opt_out: nobody }
`);
  const run = (...args: string[]) => umpire(["override", ...args, "--url", gateway.url, "--json"], gateway.folder);
  const block = await run("block", "film-17", "--reason", "recalled", "--expires", "7d");
  expect(block.code, block.stderr).toBe(0);
  const { id, expires } = JSON.parse(block.stdout) as { id: string; expires: number };
  expect(Math.abs(expires - Date.now() - 7 * 86_400_000)).toBeLessThan(3_600_000);
  await run("boost", "film-18", "--factor", "1.5", "--add", "1", "--limit", "1", "--reason", "launch", "--model", "m");
  await run("opt-out", "ann", "--reason", "asked");
  const ask = async (record: object): Promise<unknown> =>
    ((await gateway.post("/v1/models/m/predict", { record })).body as { prediction: unknown }).prediction;
  expect(await ask({ item: "film-17" })).toBeNull();
  expect([await ask({ item: "film-18" }), await ask({ item: "film-18" })]).toEqual([4, 2]);
  expect(await ask({ item: "film-1", user: "ann" })).toBe(0);
  const list = JSON.parse((await run("list")).stdout) as { overrides: { kind: string; applied: number }[] };
  expect(list.overrides.map(({ kind, applied }) => [kind, applied])).toEqual([
    ["block", 0],
    ["boost", 1],
    ["opt-out", 0],
  ]);
  expect((await run("withdraw", id.slice(0, 8))).code).toBe(0);
  expect(await ask({ item: "film-17" })).toBe(2);
  expect(await run("withdraw", id)).toMatchObject({ code: 2 });
  expect((await run("boost", "film-18", "--reason", "r")).stdout).toContain("a boost has `factor`");
  await gateway.stop();
});

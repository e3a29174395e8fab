import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createQuarantineFolder } from "../../src/adapters/quarantine/quarantine-folder.ts";
import { folderWith, umpire } from "./command-line.ts";

function records(bad: boolean): string {
  return Array.from({ length: 400 }, (_, i) => {
    const weight = 10 + ((i * 7) % 30) + (i % 10) / 10;
    return JSON.stringify({
      id: i,
      weight: bad && i % 10 === 3 ? weight * 1000 : weight,
      text: i % 7 === 0 ? 'say "hi"\n=1+1' : "plain",
    });
  }).join("\n");
}

test("in a refused file only the rows that fail are converted, a mend is taken back, and what is released is whole", async () => {
  const folder = folderWith({ "good.jsonl": `${records(false)}\n`, "bad.jsonl": `${records(true)}\n` });
  await umpire(["check", "good.jsonl", "--infer", "--key", "id"], folder);
  const contract = ["--contract", "contract.yaml"];
  const refused = await umpire(["check", "bad.jsonl", ...contract, "--quarantine", "--json"], folder);
  expect(JSON.parse(refused.stdout)).toMatchObject({ rows: { read: 400, accepted: 0, quarantined: 400 } });
  const mend = (...rest: string[]) =>
    umpire(["quarantine", "mend", "last", ...contract, "--column", "weight", ...rest, "--json"], folder);
  const spoiled = await mend("--divide", "1000", "--rows", "all");
  expect(JSON.parse(spoiled.stdout)).toMatchObject({ results: [{ changed: 400, scope: "all" }] });
  const undone = await mend("--undo");
  expect(undone.code, undone.stderr).toBe(0);
  expect((await mend("--divide", "1000", "--rows", "1,2")).stderr).toContain("--rows failing");
  const mended = await mend("--divide", "1000");
  expect(JSON.parse(mended.stdout)).toMatchObject({
    results: [{ changed: 40, scope: "failing", check: { refused: false, rows: { accepted: 400 } } }],
  });
  const released = await umpire(["quarantine", "release", "last", ...contract, "--to", "clean.jsonl"], folder);
  expect(released.code, released.stderr).toBe(0);
  expect(readFileSync(join(folder, "clean.jsonl"), "utf8")).toBe(`${records(false)}\n`);
  const shown = await umpire(["quarantine", "show", "last", "--json"], folder);
  const { trail } = JSON.parse(shown.stdout) as { trail: { action: string }[] };
  expect(trail.map(({ action }) => action)).toEqual(["mend", "undo", "mend", "release"]);
  expect((await mend("--undo")).code).toBe(0);
  expect((await mend("--undo")).stderr).toContain("can be taken back");
}, 120_000);

test("the copy of a refused file is found from where the user stands, wherever the program runs", async () => {
  const base = mkdtempSync(join(tmpdir(), "umpire-test-"));
  mkdirSync(join(base, "loads"));
  writeFileSync(join(base, "loads", "a.csv"), "a\n1\n");
  const store = createQuarantineFolder(join(base, "quarantine"), base);
  const writer = await store.begin("loads/a.csv");
  await writer.finish({
    file: "loads/a.csv",
    fingerprint: "0123456789abcdef0",
    at: 0,
    contract: null,
    header: "a",
    delimiter: ",",
    format: "csv",
    read: 1,
    refused: true,
    because: [],
  });
  const { complete } = await store.runs();
  expect(readFileSync(store.pathOf(complete[0]!.copy!), "utf8")).toBe("a\n1\n");
});

test("a contract whose column changed its type checks on: its loads begin anew", async () => {
  const rows = (from: number): string =>
    `id,at\n${Array.from({ length: 50 }, (_, i) => `${from + i},2026-11-0${1 + (i % 9)}`).join("\n")}\n`;
  const folder = folderWith({ "one.csv": rows(0), "two.csv": rows(100) });
  await umpire(["check", "one.csv", "--infer"], folder);
  expect((await umpire(["check", "one.csv", "--contract", "contract.yaml"], folder)).code).toBe(0);
  const text = readFileSync(join(folder, "contract.yaml"), "utf8");
  expect(text).toContain("type: time");
  writeFileSync(join(folder, "text.yaml"), text.replace("type: time", "type: text").replace(/^time: .*\n/m, ""));
  const second = await umpire(["check", "two.csv", "--contract", "text.yaml", "--json"], folder);
  expect(second.code, second.stdout + second.stderr).toBe(0);
});

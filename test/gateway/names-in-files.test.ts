import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fileRecords } from "../../src/app/serving/file-records.ts";
import { predictRecords } from "../../src/app/serving/predict-file.ts";
import { openTableReader } from "../../src/composition/table-reader.ts";
import { startGateway } from "./running-gateway.ts";

test("an id in a file without types is the text that a client would send: 007 is not 7, and no digit is lost", async () => {
  const folder = mkdtempSync(join(tmpdir(), "umpire-names-"));
  const path = join(folder, "labels.csv");
  writeFileSync(path, "id,other,label\n007,007,1\n42,42,0\n9007199254740993,1,\n,2,1\n");
  const reader = await openTableReader();
  const records: unknown[] = [];
  for await (const block of fileRecords(reader, [path], 100, { names: new Set(["id"]) })) records.push(...block);
  await reader.close();
  rmSync(folder, { recursive: true });
  expect(records).toEqual([
    { id: "007", other: 7, label: 1 },
    { id: 42, other: 42, label: 0 },
    { id: "9007199254740993", other: 1, label: null },
    { id: null, other: 2, label: 1 },
  ]);
});

test("a file whose lists stand apart is refused: each piece would be put in order by itself", async () => {
  const gateway = await startGateway(`gateway:
  log: { rotate: false }
  models: { m: { task: ranking, columns: { group: list, item: item }, versions: { v1: { constant: 1 } } } }
`);
  const { path } = gateway.running.gateway;
  const answer = async (lists: readonly string[]): Promise<number> => {
    const block = lists.map((list, item) => ({ list, item }));
    const blocks = (async function* () {
      yield block;
    })();
    let rows = 0;
    for await (const part of predictRecords(path, path.model("m"), null, blocks)) rows += part.length;
    return rows;
  };
  expect(await answer(["a", "a", "b"])).toBe(3);
  await expect(answer(["a", "b", "a"])).rejects.toThrow("the list list = a do not stand together");
  await gateway.stop();
});

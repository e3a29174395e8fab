import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it, test } from "vitest";
import type { Failure } from "../../src/core/failures.ts";
import { openWatched } from "./watched-model.ts";

const policy = `model: shop
task: binary
data: { test: test.csv }
columns: { label: bought }
models: { champion: { column: old }, challenger: { column: new } }
slices: { young: { where: { age: { below: 30 } } }, city: { each: city } }
`;
const rows = ["age,city,old,new,bought", "20,rome,0.1,0.2,0", "40,oslo,0.8,0.9,1", "25,rome,0.3,0.1,1"];

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

async function refusal(sections: string, data: string | null = `${rows.join("\n")}\n`): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "umpire-check-watched-"));
  folders.push(folder);
  if (data !== null) writeFileSync(join(folder, "test.csv"), data);
  writeFileSync(join(folder, "umpire.yaml"), policy + sections);
  const opened = await openWatched(folder).then(
    (watched) => watched.close().then(() => null),
    (failure: Failure) => failure,
  );
  return opened === null ? "starts" : `${opened.where} ${opened.message} | ${opened.mend[0]}`;
}

const steps = "  steps: [{ name: train, run: [sh, train.sh] }]\n  produces: out.onnx\n";

test.each([
  ["monitors: { slices: [yung] }\n", 'umpire.yaml:7:22 there is no slice "yung" | nearest: young'],
  ["monitors: { columns: [age, agee] }\n", /^umpire.yaml:7:28 monitors.columns: .*"agee" in test.csv \| nearest: age/],
  ["monitors: { importance: { cty: 2 } }\n", /^umpire.yaml:7:32 monitors.importance: .*"cty".* nearest: city$/],
  [`retrain:\n${steps}  triggers: { schedule: "0 3 * *" }\n`, /^umpire.yaml:10:25 "0 3 \* \*" in "UTC" is no schedule/],
  [`retrain:\n${steps}  triggers: { schedule: "0 25 * * 1" }\n`, /^umpire.yaml:10:25 .* is no schedule/],
  [
    `retrain:\n${steps}  triggers: { schedule: "0 0 31 2 *" }\n`,
    /^umpire.yaml:10:25 "0 0 31 2 \*" is never due: .* \| 0 0 28 2/,
  ],
  [
    `retrain:\n${steps}  triggers: { schedule: "0 3 * * 1", time_zone: Mars/Base }\n`,
    /^umpire.yaml:10:49 .*"Mars\/Base" is no schedule/,
  ],
])("a server refuses to watch for ever what is not there: %s", async (sections, said) => {
  expect(await refusal(sections)).toMatch(said);
});

it("starts on names that are there, and without the data", async () => {
  expect(await refusal("monitors: { slices: [young, city=rome], columns: [age] }\n")).toBe("starts");
  expect(await refusal("monitors: { columns: [agee] }\n", null)).toBe("starts");
});

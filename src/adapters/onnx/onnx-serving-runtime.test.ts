import { readFileSync, writeFileSync, mkdtempSync, copyFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { servingRuntimeContract } from "../../../test/contracts/serving-runtime.contract.ts";
import { sharedData } from "../../../test/shared-data.ts";
import { createOnnxServingRuntime } from "./onnx-serving-runtime.ts";

interface Golden {
  readonly inputs: Readonly<Record<string, { readonly data: readonly (readonly (number | string | null)[])[] }>>;
  readonly outputs: Readonly<Record<string, { readonly data: readonly (readonly number[])[] }>>;
  readonly features: readonly string[] | { readonly inputs_by_name: readonly string[] };
}

/** The rows of a model's golden file by column name, and the score of each. */
function golden(path: string, output: string, column: number) {
  const document = JSON.parse(readFileSync(path.replace(/onnx$/, "golden.json"), "utf8")) as Golden;
  const features = Array.isArray(document.features) ? (document.features as readonly string[]) : null;
  const inputs = Object.entries(document.inputs);
  const rows = inputs[0]![1].data.length;
  const records = Array.from({ length: rows }, (_, row) => {
    if (features !== null) return Object.fromEntries(features.map((name, i) => [name, inputs[0]![1].data[row]![i]]));
    return Object.fromEntries(inputs.map(([name, { data }]) => [name, data[row]![0]]));
  });
  return { records, scores: document.outputs[output]!.data.map((row) => row[column]!) };
}

const cases = [
  ["movies/models/champion.onnx", "variable", 0, 1e-5],
  ["movies/models/challenger_fixed.onnx", "variable", 0, 1e-5],
  ["income/models/champion_logreg.onnx", "probabilities", 1, 1e-5],
  ["rides/models/champion_xgb.onnx", "variable", 0, 1e-2],
  ["stream/models/champion_v1.onnx", "probabilities", 1, 1e-5],
  ["text/models/champion_tfidf.onnx", "probabilities", 1, 1e-5],
] as const;

for (const [file, output, column, tolerance] of cases) {
  const path = sharedData(file);
  if (path === null) {
    test.skip(`${file}: the shared data sets are not on this machine`, () => {});
    continue;
  }
  const { records, scores } = golden(path, output, column);
  // One of each kind in a worker: a thread of its own costs a third of a second to start.
  for (const thread of file.startsWith("movies/models/ch") ? (["main", "worker"] as const) : (["main"] as const)) {
    servingRuntimeContract(`${file} on the ${thread} thread`, {
      open: () => createOnnxServingRuntime().load({ kind: "onnx", path, thread }),
      records,
      scores,
      tolerance,
      wrong: file.startsWith("text")
        ? { text: { not: "a text" } }
        : { ...records[0], [Object.keys(records[0]!)[0]!]: "many" },
    });
  }
}

const champion = sharedData("movies/models/champion.onnx");

test.skipIf(champion === null)("a model that does not answer its golden rows is refused", async () => {
  const folder = mkdtempSync(join(tmpdir(), "umpire-golden-"));
  try {
    copyFileSync(champion!, join(folder, "m.onnx"));
    const document = JSON.parse(readFileSync(champion!.replace(/onnx$/, "golden.json"), "utf8")) as Golden;
    (document.outputs["variable"]!.data as number[][])[3]![0]! += 0.5;
    writeFileSync(join(folder, "m.golden.json"), JSON.stringify(document));
    await expect(createOnnxServingRuntime().load({ kind: "onnx", path: join(folder, "m.onnx") })).rejects.toThrow(
      /value 4/,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

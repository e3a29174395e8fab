import { expect, it } from "vitest";
import { openTableReader } from "../src/composition/table-reader.ts";
import { estimateBinary } from "../src/core/monitors/estimates/binary-estimate.ts";
import { evaluateMetric } from "../src/core/metrics/evaluate-metric.ts";
import { binaryBlock } from "../src/core/metrics/plain-blocks.ts";
import { sharedData } from "./shared-data.ts";

const facts = { task: "binary", classes: [], costs: null } as const;
const settings = { metric: "roc_auc", facts, seed: 7, leastUnits: 30 };
const all = (n: number): Uint8Array => new Uint8Array(n).fill(1);
const loans = ["reference", "analysis", "analysis_target"].map((name) => sharedData(`loans/${name}.parquet`));

it.skipIf(loans.includes(null))(
  "the estimate without labels is NannyML's on its own loans, and holds the AUC that came out",
  async () => {
    const reader = await openTableReader();
    const read = async (path: string | null, names: readonly string[]) => {
      const source = await reader.open([path!]);
      const parts = names.map(() => [] as number[]);
      for await (const block of source.read({ columns: names.map((name) => ({ name, as: "number" as const })) })) {
        names.forEach((name, k) => {
          const column = block.columns.get(name)!;
          if (column.kind === "number") for (const value of column.values) parts[k]!.push(value);
        });
      }
      return parts;
    };
    const [score, label] = await read(loans[0]!, ["y_pred_proba", "repaid"]);
    const [ids, scores, decided] = await read(loans[1]!, ["id", "y_pred_proba", "y_pred"]);
    const [labelled, repaid] = await read(loans[2]!, ["id", "repaid"]);
    await reader.close();
    const truth = new Map(labelled!.map((id, i) => [id, repaid![i]!]));
    // By scikit-learn's isotonic regression and weighted roc_auc_score, as NannyML 0.13 prints them.
    const expected = [0.97074, 0.97101, 0.97141, 0.97109, 0.97112, 0.96109, 0.96182, 0.96107, 0.96253, 0.96132];
    const reference = { score: Float64Array.from(score!), label: label!, slices: [all(score!.length)] };
    let inside = 0;
    for (let chunk = 0; chunk < 10; chunk++) {
      const at = Array.from({ length: 5000 }, (_, i) => chunk * 5000 + i);
      const current = {
        score: Float64Array.from(at, (i) => scores![i]!),
        predicted: Uint8Array.from(at, (i) => decided![i]!),
        units: Uint32Array.from({ length: 5000 }, (_, i) => i),
        slices: [all(5000)],
      };
      const [found] = estimateBinary(reference, current, settings, null, null);
      expect(found!.method).toBe("CBPE, isotonic calibration");
      expect(found!.value).toBeCloseTo(expected[chunk]!, 4);
      const labels = at.map((i) => truth.get(ids![i]!)!);
      const realised = evaluateMetric("roc_auc", binaryBlock(labels, [...current.score]), facts).value;
      if (Math.abs(realised - found!.value!) < 2 * found!.standardError!) inside++;
    }
    expect(inside).toBeGreaterThanOrEqual(9);
  },
);

import type { Baseline } from "../../schemas/policy/policy.ts";
import type { BaselineSetting } from "./baseline-setting.ts";
import { trainOf } from "./baseline-setting.ts";
import { fingerprintOf } from "./model-source.ts";
import type { ScoreSource } from "./score-source.ts";

/**
 * Chance with a seed, the same for a row however the table is cut: uniform scores; class shares drawn uniformly from
 * all shares (multiclass); the label of a training row drawn at random (regression).
 */
export async function chanceSource(
  name: string,
  baseline: Extract<Baseline, { kind: "random" }>,
  setting: BaselineSetting,
): Promise<ScoreSource> {
  const base = { name, needs: [], fingerprint: fingerprintOf(baseline), close: async () => {} };
  const { seed } = baseline;
  if (setting.task === "multiclass") {
    return {
      ...base,
      score: async (table, classes) => {
        const width = classes.length;
        const values = new Float64Array(table.rows * width);
        for (let row = 0; row < table.rows; row++) {
          let total = 0;
          for (let c = 0; c < width; c++) {
            const share = -Math.log1p(-uniformAt(seed, (table.firstRow + row) * width + c));
            values[row * width + c] = share;
            total += share;
          }
          for (let c = 0; c < width; c++) values[row * width + c]! /= total;
        }
        return { width, values };
      },
    };
  }
  const labels = setting.task === "regression" ? (await trainOf(name, setting, [])).label : null;
  return {
    ...base,
    score: async (table) => {
      const values = new Float64Array(table.rows);
      for (let row = 0; row < values.length; row++) {
        const u = uniformAt(seed, table.firstRow + row);
        values[row] = labels === null ? u : labels[Math.floor(u * labels.length)]!;
      }
      return { width: 1, values };
    },
  };
}

/**
 * Uniform in [0, 1) with 53 bits for a seed and a counter: two rounds of a 32-bit mixer (Mueller's lowbias32) on
 * either half of the counter.
 */
export function uniformAt(seed: number, counter: number): number {
  const low = counter >>> 0;
  const high = Math.floor(counter / 0x100000000) >>> 0;
  const start = mix((seed >>> 0) ^ mix(high ^ 0x9e3779b9 ^ Math.floor(seed / 0x100000000)));
  const a = mix(start ^ low);
  const b = mix(a ^ Math.imul(low, 0x9e3779b1) ^ 0x85ebca6b);
  return ((a >>> 5) * 67108864 + (b >>> 6)) / 9007199254740992;
}

function mix(value: number): number {
  let x = value | 0;
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return (x ^ (x >>> 16)) >>> 0;
}

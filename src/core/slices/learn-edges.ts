import { createQuantileSample, type QuantileSample, quantileEdges } from "./band-edges.ts";
import type { SlicePlanInput } from "./slice-plan-input.ts";
import { dimensionsOf } from "./slice-entry.ts";

/** Under which key a record keeps the edges of an entry's column. */
export const edgesKey = (entry: string, column: string): string => `${entry}.${column}`;

/**
 * Edges of all quantile bands: the record's own, else from a pass over the data that happens only where needed.
 */
export async function learnEdges(
  input: Pick<SlicePlanInput, "entries" | "learnt" | "read">,
): Promise<Record<string, readonly number[]>> {
  const edges: Record<string, readonly number[]> = {};
  const samples = new Map<string, { column: string; bands: number; sample: QuantileSample }>();
  for (const entry of input.entries) {
    for (const dimension of dimensionsOf(entry.form)) {
      if (dimension.by !== "quantiles") continue;
      const key = edgesKey(entry.name, dimension.column);
      const known = input.learnt?.edges[key];
      if (known !== undefined) edges[key] = known;
      else
        samples.set(key, {
          column: dimension.column,
          bands: dimension.quantiles,
          sample: createQuantileSample(),
        });
    }
  }
  if (samples.size === 0) return edges;
  const names = new Set([...samples.values()].map((wanted) => wanted.column));
  for await (const block of input.read([...names].map((name) => ({ name, as: "auto" })))) {
    for (const { column, sample } of samples.values()) {
      const source = block.columns.get(column);
      if (source?.kind === "number") sample.add(source.values, block.rows, source.nulls);
    }
  }
  for (const [key, { bands, sample }] of samples) edges[key] = quantileEdges(sample.sorted(), bands);
  return edges;
}

import { edgeCase } from "../../core/serving/edge-cases.ts";
import type { FeatureRecord } from "../../core/serving/feature-record.ts";
import { isDatatype, type TensorSpec } from "../../core/serving/tensor.ts";
import { createRandom, type Random } from "../../core/statistics/random.ts";
import type { LoadRequest } from "../ports/load-target.ts";

const encoder = new TextEncoder();

/** Most bodies that are made ahead: enough to be unlike each other, few enough to be held. */
const mostBodies = 5000;

/**
 * Requests of the records door, from records as they were in production: in their order, again from the start at their
 * end, with a share of edge cases in between. Bodies are made before the load starts, so that making them costs nothing
 * while it runs.
 */
export function recordRequests(records: readonly FeatureRecord[], edgeShare: number, seed: number): () => LoadRequest {
  const random = createRandom(seed);
  return cycle(
    Array.from({ length: Math.min(mostBodies, Math.max(records.length, 500)) }, (_, i) => {
      const record = records[i % records.length]!;
      const changed = random.next() < edgeShare ? edgeCase(record, random) : null;
      const body = { record: changed?.record ?? record, unit: `stress-${i % 1000}`, test: true };
      return { body: encoder.encode(JSON.stringify(body)), edge: changed !== null };
    }),
  );
}

/** Requests of the protocol's door for a model of which only the inputs are known: one row of numbers each. */
export function tensorRequests(inputs: readonly TensorSpec[], edgeShare: number, seed: number): () => LoadRequest {
  const random = createRandom(seed);
  return cycle(
    Array.from({ length: 500 }, (_, i) => {
      const edge = random.next() < edgeShare;
      const tensors = inputs.map((input) => tensorOf(input, random, edge));
      const body = { inputs: tensors, parameters: { unit: `stress-${i % 1000}`, test: true } };
      return { body: encoder.encode(JSON.stringify(body)), edge };
    }),
  );
}

function tensorOf({ name, datatype, shape }: TensorSpec, random: Random, edge: boolean): object {
  const sizes = shape.map((size) => (size < 0 ? 1 : size));
  const count = sizes.reduce((product, size) => product * size, 1);
  const data = Array.from({ length: count }, () => elementOf(datatype, random, edge));
  return { name, datatype, shape: sizes, data };
}

function elementOf(datatype: string, random: Random, edge: boolean): unknown {
  if (!isDatatype(datatype)) return 0;
  if (datatype === "BYTES") return edge ? "é".repeat(1 + random.nextBelow(2000)) : `text ${random.nextBelow(1000)}`;
  if (datatype === "BOOL") return random.next() < 0.5;
  if (datatype.startsWith("FP")) return edge ? [null, 0, -1e30, 1e30][random.nextBelow(4)] : random.nextNormal();
  if (edge) return [0, 1, 127][random.nextBelow(3)];
  return random.nextBelow(100);
}

function cycle(requests: readonly LoadRequest[]): () => LoadRequest {
  let at = 0;
  return () => requests[at++ % requests.length]!;
}

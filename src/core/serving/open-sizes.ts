import { describe, valueOf } from "./describe-value.ts";
import { type FeatureRecord, RequestFailure } from "./feature-record.ts";

/** An input that a record fills whole, by nested lists under its name. */
interface WholeInput {
  readonly input: string;
  readonly tail: readonly number[];
}

/**
 * The sizes of an input after the first, with those that the model leaves open (-1) as the first record has them: by how
 * its lists nest, or by the length of a flat list where one size is open.
 * @throws RequestFailure where a record holds no such lists, or is of another size than the first
 */
export function openSizes({ input, tail }: WholeInput, records: readonly FeatureRecord[]): readonly number[] {
  if (tail.every((size) => size >= 0)) return tail;
  let sizes: readonly number[] | null = null;
  for (const [row, record] of records.entries()) {
    const own = sizesOf(valueOf(record, input), tail);
    if (own === null) {
      const wanted = tail.map((size) => (size < 0 ? "any" : size)).join(" x ");
      const got = describe(valueOf(record, input));
      throw new RequestFailure(`record ${row + 1}: "${input}" takes ${wanted} values in nested lists and got ${got}`);
    }
    if (sizes !== null && own.some((size, i) => size !== sizes![i])) {
      throw new RequestFailure(
        `record ${row + 1}: "${input}" has ${own.join(" x ")} values and the first record has ${sizes.join(" x ")}; ` +
          "send records of one size together, or one at a time",
      );
    }
    sizes ??= own;
  }
  return sizes ?? tail.map((size) => Math.max(size, 0));
}

function sizesOf(value: unknown, tail: readonly number[]): readonly number[] | null {
  if (!Array.isArray(value)) return null;
  const nested: number[] = [];
  for (let level: unknown = value; Array.isArray(level); level = (level as unknown[])[0]) nested.push(level.length);
  if (nested.length === tail.length && tail.every((size, i) => size < 0 || size === nested[i])) return nested;
  const known = tail.reduce((product, size) => (size < 0 ? product : product * size), 1);
  const open = (value.flat(8) as unknown[]).length / known;
  const isOne = tail.filter((size) => size < 0).length === 1;
  return isOne && Number.isInteger(open) ? tail.map((size) => (size < 0 ? open : size)) : null;
}

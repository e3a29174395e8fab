import type { CategoryCodes } from "./category-codes.ts";
import { decimalOfSingle } from "./decimal-of-single.ts";
import type { FeatureRecord } from "./feature-record.ts";
import type { InputColumns } from "./record-encoder.ts";
import { type Datatype, rowWidth, type Tensor } from "./tensor.ts";

/**
 * The rows of input tensors as records: the way back, for tensors that hold columns.
 * @param codes of columns whose categories came as codes: the record holds the category, as contract and cohorts name it
 */
export function decodeRecords(
  inputs: readonly InputColumns[],
  tensors: readonly Tensor[],
  codes?: ReadonlyMap<string, CategoryCodes>,
): FeatureRecord[] | null {
  const rows = tensors[0]?.shape[0];
  if (rows === undefined) return null;
  const blank = blankRecord(inputs, tensors);
  const records: Record<string, unknown>[] = [];
  for (let row = 0; row < rows; row++) records.push({ ...blank });
  for (const tensor of tensors) {
    const input = inputs.find((candidate) => candidate.input === tensor.name);
    const width = rowWidth(tensor.shape);
    const columns = input?.columns ?? (width === 1 ? [tensor.name] : null);
    if (columns === null || columns.length !== width || tensor.shape[0] !== rows) return null;
    const { data, datatype } = tensor;
    let at = 0;
    for (const record of records) {
      for (const column of columns) record[column] = plain(data[at++], datatype);
    }
  }
  if (codes !== undefined && codes.size > 0) for (const record of records) nameCategories(record, codes);
  return records;
}

function nameCategories(record: Record<string, unknown>, codes: ReadonlyMap<string, CategoryCodes>): void {
  for (const [column, known] of codes) {
    const code = record[column];
    if (typeof code === "number") record[column] = known.categoryOf(code) ?? code;
  }
}

const blanks = new WeakMap<readonly InputColumns[], FeatureRecord>();

/**
 * A record that has every column of a model already, where the tensors fill them all. An object that gets more than a
 * dozen columns one by one becomes a hash table, which takes twice as long to fill, to read and to write as JSON.
 */
function blankRecord(inputs: readonly InputColumns[], tensors: readonly Tensor[]): FeatureRecord {
  if (inputs.length === 0 || !inputs.every(({ input }) => tensors.some((tensor) => tensor.name === input))) return {};
  let blank = blanks.get(inputs);
  if (blank === undefined) {
    const columns = inputs.flatMap((input) => input.columns ?? []);
    blank = JSON.parse(`{${columns.map((column) => `${JSON.stringify(column)}:null`).join(",")}}`) as FeatureRecord;
    blanks.set(inputs, blank);
  }
  return blank;
}

const decoder = new TextDecoder();

function plain(value: number | bigint | string | Uint8Array | undefined, datatype: Datatype): unknown {
  if (typeof value === "number") {
    if (datatype === "FP32") return Number.isNaN(value) ? null : decimalOfSingle(value);
    return Number.isNaN(value) ? null : datatype === "BOOL" ? value === 1 : value;
  }
  if (typeof value === "bigint") {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  }
  return value instanceof Uint8Array ? decoder.decode(value) : value;
}

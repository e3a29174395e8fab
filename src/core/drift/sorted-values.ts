import type { Frame } from "../profile/frame.ts";
import type { RowSample } from "../profile/row-sample.ts";

/** Finite values of an ordered column (lengths of a text), ascending; null for categories. */
export function sortedValues(sample: RowSample, frame: Frame, name: string): Float64Array | null {
  const kind = frame.columns.find((column) => column.name === name)?.kind;
  const column = sample.table.columns.get(name);
  if (column === undefined || kind === undefined) return null;
  if (kind === "text" && column.kind === "category") {
    const texts = column.dictionary.texts;
    const lengths = Float64Array.from(column.codes, (code) => texts[code]?.length ?? Number.NaN);
    return lengths.filter((length) => length === length).sort();
  }
  if (column.kind !== "number" && column.kind !== "time") return null;
  return Float64Array.from(column.values)
    .filter((value) => Number.isFinite(value))
    .sort();
}

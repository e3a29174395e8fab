import { type Form, readCell } from "../src/core/data-quality/cell-form.ts";
import type { CheckBlock, CheckColumn } from "../src/core/data-quality/check-block.ts";
import { TextDictionary } from "../src/core/data-quality/text-dictionary.ts";
import { hashText } from "../src/core/data-quality/text-hash.ts";

/** A block from texts, for tests: every cell goes through the dictionary. */
export function blockOf(cells: Readonly<Record<string, readonly string[]>>): CheckBlock {
  const names = Object.keys(cells);
  const rows = cells[names[0] ?? ""]?.length ?? 0;
  return {
    rows,
    columns: names.map((name) => columnOf(name, cells[name]!)),
    lines: Uint32Array.from({ length: rows }, (_, i) => i + 2),
    rejects: [],
    raw: (row) => names.map((name) => cells[name]![row]).join(","),
  };
}

function columnOf(name: string, texts: readonly string[]): CheckColumn {
  const dictionary = new TextDictionary();
  const hash = { lo: 0, hi: 0 };
  const codes = Uint32Array.from(texts, (text) => {
    hashText(text, hash);
    const known = dictionary.find(hash.lo, hash.hi);
    return known === -1 ? dictionary.add(hash.lo, hash.hi, text) : known;
  });
  const read = texts.map(readCell);
  const forms = Uint8Array.from(read, (cell) => cell.form);
  const uniform = read.length > 0 && read.every((cell) => cell.form === read[0]!.form) ? (read[0]!.form as Form) : null;
  return {
    name,
    forms,
    uniform,
    numbers: Float64Array.from(read, (cell) => cell.value),
    codes,
    dictionary,
    hashes: null,
    text: (row) => texts[row]!,
  };
}

import type { Column, Table } from "../tables/table.ts";
import { dateForms, form, isIn, nullForms, numberForms, readCell } from "./cell-form.ts";
import type { CheckBlock, CheckColumn } from "./check-block.ts";
import type { Contract } from "./contract.ts";
import type { SampledColumn } from "./row-sample.ts";
import type { TableFacts } from "./table-facts.ts";
import { noCode } from "./text-dictionary.ts";

/** How a contract's column enters a profile. */
export type TableKind = "number" | "time" | "boolean" | "category";

/** Columns of the contract with their kinds, in its order: what is profiled, whatever else a file has. */
export function tableKinds(contract: Contract): ReadonlyMap<string, TableKind> {
  return new Map(
    contract.columns.map(({ name, type }) => [
      name,
      type === "integer" || type === "number" ? "number" : type === "time" || type === "boolean" ? type : "category",
    ]),
  );
}

/**
 * The rows of a block that go on, as a table of the profiler: cells that are not of their column's kind are null.
 * Dictionaries are of this block alone.
 * @param firstRow number of the first row among all that go on
 */
export function checkTable(
  block: CheckBlock,
  isGood: (row: number) => boolean,
  kinds: ReadonlyMap<string, TableKind>,
  firstRow: number,
): Table {
  const rows: number[] = [];
  for (let row = 0; row < block.rows; row++) if (isGood(row)) rows.push(row);
  const columns = new Map<string, Column>();
  for (const cells of block.columns) {
    const kind = kinds.get(cells.name);
    // A name that stands twice counts once.
    if (kind !== undefined && !columns.has(cells.name)) columns.set(cells.name, tableColumn(cells, rows, kind));
  }
  return { rows: rows.length, firstRow, columns };
}

function tableColumn(cells: CheckColumn, rows: readonly number[], kind: TableKind): Column {
  if (kind === "category") return categoryColumn(cells, rows);
  const { uniform, forms, numbers, name } = cells;
  const at = (i: number): number => valueOf(uniform ?? forms[rows[i]!]!, numbers[rows[i]!]!, kind);
  return valueColumn(name, kind, rows.length, at);
}

/** Numbers count with numbers, times with times; NaN stands for null. */
function valueOf(one: number, value: number, kind: Exclude<TableKind, "category">): number {
  if (kind === "number")
    return isIn(numberForms, one) || one === form.leadingZero || one === form.infinite ? value : NaN;
  if (kind === "time") return isIn(dateForms, one) ? value : NaN;
  return one === form.boolean || ((one === form.integer || one === form.decimal) && (value === 0 || value === 1))
    ? value
    : NaN;
}

function valueColumn(
  name: string,
  kind: Exclude<TableKind, "category">,
  rows: number,
  at: (row: number) => number,
): Column {
  const values = new Float64Array(rows);
  const nulls = new Uint8Array(rows);
  let integer = true;
  for (let i = 0; i < rows; i++) {
    const value = at(i);
    values[i] = value;
    if (value !== value) nulls[i] = 1;
    else if (integer && !Number.isInteger(value)) integer = false;
  }
  if (kind === "boolean")
    return { name, kind, values: Uint8Array.from(values, (value, i) => (nulls[i] === 1 ? 255 : value)), nulls };
  return kind === "time" ? { name, kind, values, nulls } : { name, kind, values, nulls, integer };
}

function categoryColumn(cells: CheckColumn, rows: readonly number[]): Column {
  const { uniform, forms, codes, dictionary, name } = cells;
  const texts: string[] = [];
  const byCode = new Map<number, number>();
  const byText = new Map<string, number>();
  const own = new Uint32Array(rows.length);
  const enter = (text: string): number => {
    const known = byText.get(text);
    if (known !== undefined) return known;
    byText.set(text, texts.length);
    return texts.push(text) - 1;
  };
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    const code = codes[row]!;
    if (isIn(nullForms, uniform ?? forms[row]!)) own[i] = 0xffffffff;
    else if (code === noCode) own[i] = enter(cells.text(row));
    else {
      let known = byCode.get(code);
      if (known === undefined) {
        known = enter(dictionary.texts[code]!);
        byCode.set(code, known);
      }
      own[i] = known;
    }
  }
  return { name, kind: "category", codes: own, dictionary: { texts } };
}

/** The sample of a checked file as a table, from which a frame is made; dictionaries name all texts that are known of. */
export function sampleTable(facts: TableFacts, kinds: ReadonlyMap<string, TableKind>): Table {
  const columns = new Map<string, Column>();
  facts.sample.columns.forEach((cells, index) => {
    const kind = kinds.get(cells.name);
    if (kind === undefined || columns.has(cells.name)) return;
    const column =
      kind === "category"
        ? sampledCategory(cells, facts.columns[index]!.texts.counts)
        : valueColumn(cells.name, kind, facts.sample.rows, (row) =>
            valueOf(cells.forms[row]!, cells.numbers[row]!, kind),
          );
    columns.set(cells.name, column);
  });
  return { rows: facts.sample.rows, firstRow: 0, columns };
}

function sampledCategory(cells: SampledColumn, counts: TableFacts["columns"][number]["texts"]["counts"]): Column {
  const texts: string[] = [];
  const byText = new Map<string, number>();
  const enter = (text: string): number => {
    const known = byText.get(text);
    if (known !== undefined) return known;
    byText.set(text, texts.length);
    return texts.push(text) - 1;
  };
  const codes = Uint32Array.from(cells.texts, (text, row) =>
    isIn(nullForms, cells.forms[row]!) ? 0xffffffff : enter(text),
  );
  for (const [text] of counts) if (!isNull(text)) enter(text);
  return { name: cells.name, kind: "category", codes, dictionary: { texts } };
}

function isNull(text: string): boolean {
  return isIn(nullForms, readCell(text).form);
}

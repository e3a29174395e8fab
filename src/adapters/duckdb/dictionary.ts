import type { Engine } from "./engine.ts";
import { isInteger, textSql } from "./column-types.ts";
import type { ColumnPlan } from "./column-plan.ts";
import { quoteName, quoteText } from "./sql-text.ts";
import { KeyCodes } from "./unit-codes.ts";

/** A relation in a fixed row order: what to select from, and the expression that orders its rows. */
export interface OrderedRelation {
  readonly from: string;
  /** SQL of a UBIGINT that grows in file order. */
  readonly rowOrder: string;
}

/**
 * Plans of category columns, with their distinct texts in order of first appearance.
 *
 * Codes are made in the engine. Up to {@link listLimit} values by `list_position` over a constant list: on dictionary
 * encoded text the engine evaluates it once per dictionary entry, not per row (10 M rows x 6 columns: 0.2 s against
 * 1.0 s by a cast to an enum). Above, the text's 64-bit hash comes out, and its code is found here.
 */
export async function planCategories(
  engine: Engine,
  relation: OrderedRelation,
  columns: readonly TypedColumn[],
): Promise<ColumnPlan[]> {
  if (columns.length === 0) return [];
  const texts = await distinctTexts(engine, relation, columns);
  return columns.map((column, i) => planCategory(column, texts[i]!));
}

/** Rows at the top of the files in which nearly every value of a category appears for the first time. */
const headRows = 16_384;

interface TypedColumn {
  readonly name: string;
  readonly type: string;
}

/**
 * Distinct texts of each column in order of first appearance. The distinct values of all rows are cheap to find, their
 * first rows are not (10 M rows x 6 columns: 0.1 s and 0.4 s), so first rows are taken from the head of the files, and
 * looked for in all rows only for columns with a value that is not there.
 */
async function distinctTexts(
  engine: Engine,
  relation: OrderedRelation,
  columns: readonly TypedColumn[],
): Promise<string[][]> {
  const texts: string[][] = columns.map(() => []);
  const late = new Set<number>();
  const head = `(SELECT *, ${relation.rowOrder} AS umpire_row FROM ${relation.from} LIMIT ${headRows})`;
  const quick = columns.map((column, i) => {
    const first = `SELECT ${valueSql(column)} AS v, min(umpire_row) AS m FROM ${head} GROUP BY 1`;
    return `SELECT ${i} AS c, ${textOfValue(column, "d.v")} AS t, m FROM (SELECT DISTINCT ${valueSql(column)} AS v FROM ${relation.from}) AS d LEFT JOIN (${first}) AS h ON d.v = h.v WHERE d.v IS NOT NULL`;
  });
  for (const [c, text, first] of await engine.rows(`SELECT * FROM (${quick.join(" UNION ALL ")}) ORDER BY c, m`)) {
    texts[Number(c)]!.push(String(text));
    if (first === null) late.add(Number(c));
  }
  if (late.size === 0) return texts;
  const slow = [...late].map((i) => {
    const column = columns[i]!;
    texts[i] = [];
    return `SELECT ${i} AS c, ${textOfValue(column, "v")} AS t, m FROM (SELECT ${valueSql(column)} AS v, min(${relation.rowOrder}) AS m FROM ${relation.from} GROUP BY 1) WHERE v IS NOT NULL`;
  });
  for (const [c, text] of await engine.rows(`SELECT c, t FROM (${slow.join(" UNION ALL ")}) ORDER BY c, m`)) {
    texts[Number(c)]!.push(String(text));
  }
  return texts;
}

/** Integers are grouped as such and turned to text once per distinct value. */
function valueSql({ name, type }: TypedColumn): string {
  return isInteger(type) ? quoteName(name) : textSql(quoteName(name), type);
}

function textOfValue({ type }: TypedColumn, value: string): string {
  return isInteger(type) ? `CAST(${value} AS VARCHAR)` : value;
}

const listLimit = 256;

function planCategory({ name, type }: TypedColumn, texts: readonly string[]): ColumnPlan {
  const wire = texts.length <= 0xff ? "u8" : texts.length <= 0xffff ? "u16" : "u32";
  const target = { u8: "UTINYINT", u16: "USMALLINT", u32: "UINTEGER" }[wire];
  const base = { name, kind: "category", wire, narrow: false, integer: false, texts } as const;
  const column = quoteName(name);
  if (texts.length === 0) return { ...base, sql: "CAST(NULL AS UTINYINT)" };
  if (texts.length <= listLimit) {
    const asIntegers = isInteger(type);
    const list = asIntegers
      ? `[${texts.map((text) => `CAST(${quoteText(text)} AS ${type})`).join(", ")}]`
      : listOf(texts);
    const value = asIntegers ? column : textSql(column, type);
    return { ...base, sql: `CAST(list_position(${list}, ${value}) - 1 AS ${target})` };
  }
  // The hash of a null is a number; it has to stay null.
  const sql = `CASE WHEN ${column} IS NOT NULL THEN hash(${textSql(column, type)}) END`;
  return { ...base, wire: "u64", keys: new KeyCodes(), sql };
}

function listOf(texts: readonly string[]): string {
  return `[${texts.map(quoteText).join(", ")}]`;
}

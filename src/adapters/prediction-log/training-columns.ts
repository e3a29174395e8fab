import type { DuckDBConnection } from "@duckdb/node-api";
import { identifier, quoted } from "./event-tables.ts";

/** A JSON value as text, without the quotes of a text. */
function scalar(expression: string): string {
  return `json_extract_string(${expression}, '$')`;
}

/** A text that is a number as JSON writes it: `01234`, a postcode, is none. */
const plainNumber = "^-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][-+]?[0-9]+)?$";

/**
 * Of what type a column of JSON values is, as SQL over the type and the text of each: a number where all are numbers (or
 * texts of numbers among them), true or false where all are, else text. A column of texts alone stays text, whatever
 * they look like.
 */
function kindOf(type: string, text: string, whenEmpty: "number" | "text"): string {
  const isNumber = `${type} in ('UBIGINT', 'BIGINT', 'HUGEINT', 'DOUBLE')`;
  return `case
    when count(${text}) = 0 then '${whenEmpty}'
    when count(*) filter (${text} is not null and ${type} <> 'BOOLEAN') = 0 then 'boolean'
    when count(*) filter (${isNumber}) > 0 and count(*) filter (${text} is not null and not (${isNumber}
      or (${type} = 'VARCHAR' and regexp_full_match(${text}, ${quoted(plainNumber)})))) = 0 then 'number'
    else 'text' end`;
}

function asKind(kind: string, text: string): string {
  return kind === "number" ? `try_cast(${text} as double)` : kind === "boolean" ? `try_cast(${text} as boolean)` : text;
}

/** The prediction: a number where every one is (a text for classes, and for the probabilities of several). */
export async function predictionColumn(connection: DuckDBConnection): Promise<string> {
  const text = scalar("p.prediction");
  const kinds = await connection.runAndReadAll(
    `select ${kindOf("json_type(p.prediction)", text, "number")} from predictions p`,
  );
  return asKind(String(kinds.getRows()[0]?.[0]), text);
}

/** The latest label of a name, of the type that all of them have. */
export async function labelColumn(connection: DuckDBConnection, name: string, column: string): Promise<string> {
  const text = scalar("label");
  const kinds = await connection.runAndReadAll(
    `select ${kindOf("json_type(label)", text, "number")} from known where name = ${quoted(name)}`,
  );
  const value = asKind(String(kinds.getRows()[0]?.[0]), text);
  return `(select any_value(${value}) from known k where k.pid = p.id and k.name = ${quoted(name)}) as ${identifier(column)}`;
}

/**
 * The features of the JSON records as columns of the table `texts`, each of the type that its values have.
 * @param taken names of the export's own columns: a served column of such a name is called `served_NAME`
 */
export async function featureColumns(
  connection: DuckDBConnection,
  names: readonly string[],
  taken: readonly string[],
): Promise<string[]> {
  const paths = names.map((name) => quoted(`$."${name.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`));
  // One pass over the JSON for all features: extracting them one by one takes as many passes.
  const list = paths.length === 0 ? "[]::varchar[]" : `json_extract_string(features, [${paths.join(", ")}])`;
  const types = paths.length === 0 ? "[]::varchar[]" : `json_type(features, [${paths.join(", ")}])`;
  await connection.run(`create temp table texts as select id as text_id, ${list} as v, ${types} as t from predictions`);
  if (names.length === 0) return [];
  const kinds = names.map((_, i) => kindOf(`t[${i + 1}]`, `v[${i + 1}]`, "text"));
  const [row = []] = (await connection.runAndReadAll(`select ${kinds.join(", ")} from texts`)).getRows();
  const used = new Set(taken.map((name) => name.toLowerCase()));
  return names.map((name, i) => {
    let own = name;
    while (used.has(own.toLowerCase())) own = `served_${own}`;
    used.add(own.toLowerCase());
    return `${asKind(String(row[i]), `t.v[${i + 1}]`)} as ${identifier(own)}`;
  });
}

import { Failure } from "../../core/failures.ts";
import type { Table } from "../../core/tables/table.ts";
import { bindPolicy, type BoundPolicy, type PolicyData } from "../../schemas/policy/bind-policy.ts";
import type { ParsedPolicy } from "../../schemas/policy/parse-policy.ts";
import type { TableSource } from "../ports/table-reader.ts";

/**
 * Holds a policy against a source. Where something does not fit, the values of the columns that the message offers are
 * read first, so that it can show them.
 *
 * @throws Failure POLICY, as `bindPolicy`
 */
export async function bindToSource(parsed: ParsedPolicy, source: TableSource, name: string): Promise<BoundPolicy> {
  const data: PolicyData = { columns: source.columns, typed: source.typed, source: name };
  const offered = new Set<string>();
  const note = (column: string): undefined => {
    offered.add(column);
  };
  try {
    return bindPolicy(parsed, { ...data, values: note });
  } catch (error) {
    const wanted = source.columns.filter((column) => offered.has(column.name) && column.kind === "category");
    if (!(error instanceof Failure) || wanted.length === 0) throw error;
    const table = await firstRows(
      source,
      wanted.map((column) => column.name),
    );
    if (table === null) throw error;
    return bindPolicy(parsed, { ...data, values: valuesIn(table) });
  }
}

/** All texts of a column that was read, for `bindPolicy`. */
export function valuesIn(table: Table): (column: string) => readonly string[] | undefined {
  return (name) => {
    const column = table.columns.get(name);
    return column?.kind === "category" ? column.dictionary.texts : undefined;
  };
}

/** A few rows carry the whole dictionary. What cannot be read leaves the message without values. */
async function firstRows(source: TableSource, columns: readonly string[]): Promise<Table | null> {
  try {
    const request = { columns: columns.map((name) => ({ name, as: "auto" as const })), blockRows: 2048 };
    for await (const block of source.read(request)) return block;
  } catch {
    return null;
  }
  return null;
}

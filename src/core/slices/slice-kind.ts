import type { ColumnSchema, Table } from "../tables/table.ts";
import { type Condition, conditionColumns } from "./condition.ts";
import type { SliceKind } from "./slice.ts";

/** What decides whether a slice can be told when a request comes. */
export interface KindFacts {
  readonly columns: ReadonlyMap<string, ColumnSchema>;
  /** Ranking: the columns with one value for all rows of a list; null for other tasks. */
  readonly listColumns: ReadonlySet<string> | null;
  /** Columns that are known only after the answer was given (`available: after`, labels, scores). */
  readonly after: ReadonlySet<string>;
}

/**
 * window: reads a time. item: for a ranking, reads a column that differs within a list; for any task, reads a column
 * that is known only afterwards. routable: all else, so it can be the cohort of a release.
 */
export function sliceKind(where: Condition | null, facts: KindFacts): SliceKind {
  if (where === null) return "routable";
  const columns = conditionColumns(where);
  if (columns.some((name) => facts.columns.get(name)?.kind === "time")) return "window";
  const late = columns.some((name) => facts.after.has(name));
  const varies = facts.listColumns !== null && columns.some((name) => !facts.listColumns!.has(name));
  return late || varies ? "item" : "routable";
}

/** Finds out which columns have one value for all rows of each list, block by block. */
export interface ListColumnDetector {
  /** @param groups dense code of the list per row, over the whole input */
  add(block: Table, groups: Uint32Array): void;
  readonly listColumns: ReadonlySet<string>;
}

export function createListColumnDetector(columns: readonly string[]): ListColumnDetector {
  const candidates = new Map(columns.map((name) => [name, new Float64Array(0)]));
  let seen = new Uint8Array(0);
  const growTo = (size: number): void => {
    if (size <= seen.length) return;
    const room = Math.max(size, seen.length * 2);
    const larger = new Uint8Array(room);
    larger.set(seen);
    seen = larger;
    for (const [name, first] of candidates) {
      const longer = new Float64Array(room);
      longer.set(first);
      candidates.set(name, longer);
    }
  };
  return {
    add(block, groups) {
      let largest = -1;
      for (let i = 0; i < block.rows; i++) if (groups[i]! > largest) largest = groups[i]!;
      growTo(largest + 1);
      for (const [name, first] of candidates) {
        if (!staysConstant(block, name, groups, first, seen)) candidates.delete(name);
      }
      for (let i = 0; i < block.rows; i++) seen[groups[i]!] = 1;
    },
    get listColumns() {
      return new Set(candidates.keys());
    },
  };
}

function staysConstant(
  block: Table,
  name: string,
  groups: Uint32Array,
  first: Float64Array,
  seenBefore: Uint8Array,
): boolean {
  const column = block.columns.get(name);
  if (column === undefined) return false;
  const values = column.kind === "category" ? column.codes : column.values;
  const { nulls } = column;
  const seenHere = seenBefore.slice();
  for (let i = 0; i < block.rows; i++) {
    const group = groups[i]!;
    const value = nulls?.[i] === 1 ? Number.NaN : values[i]!;
    if (seenHere[group] === 0) {
      first[group] = value;
      seenHere[group] = 1;
    } else if (!Object.is(first[group], value) && !(first[group] === value)) {
      return false;
    }
  }
  return true;
}

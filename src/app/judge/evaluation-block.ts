import type { BlockLists, BlockModel, EvaluationBlock } from "../../core/evaluation/block.ts";
import { Failure } from "../../core/failures.ts";
import type { GroupingSource } from "../../core/slices/grouping-source.ts";
import type { CategoryColumn, NumberColumn, Table } from "../../core/tables/table.ts";
import type { Scored } from "../scoring/scored.ts";

/** What turns scored rows into a block of evidence. */
export interface BlockSettings {
  readonly groupings: readonly GroupingSource[];
  /** Per model, in order: 1 where a binary score reaches the threshold; null for other tasks. */
  readonly predicted: readonly (Uint8Array | Int32Array | null)[];
  /** Ranking: the item column, for ties and coverage. */
  readonly item: string | null;
}

/** Scored rows as the evidence kernel reads them. */
export function evaluationBlock(scored: Scored, settings: BlockSettings): EvaluationBlock {
  const { table } = scored;
  const lists = scored.task === "ranking" ? blockLists(scored, settings.item) : null;
  const folds = table.folds ?? rowFolds(table);
  if (lists !== null && table.units !== undefined) refuseListsOfSeveralUnits(lists.groups, lists.count, table.units);
  return {
    rows: table.rows,
    folds,
    units: table.units ?? null,
    unitCount: table.units === undefined ? 0 : largest(table.units) + 1,
    groupings: settings.groupings,
    label: scored.label,
    models: scored.models.map(
      (model, m): BlockModel => ({
        name: model.name,
        scores: model.scores,
        width: model.width,
        predicted: settings.predicted[m] ?? null,
      }),
    ),
    lists,
  };
}

/** Folds of rows that are units of their own: a fixed mix of the row number (murmur3's finaliser). */
function rowFolds(table: Table): Uint8Array {
  const folds = new Uint8Array(table.rows);
  for (let i = 0; i < folds.length; i++) {
    let mixed = (table.firstRow + i) | 0;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    folds[i] = (mixed ^ (mixed >>> 16)) & 0xff;
  }
  return folds;
}

function blockLists(scored: Scored, item: string | null): BlockLists {
  const groups = scored.table.groups!;
  const items = item === null ? null : itemCodes(scored.table, item);
  return {
    groups,
    count: largest(groups) + 1,
    items: items?.codes ?? null,
    itemCount: items?.texts.length ?? 0,
    itemOrder: items === null ? null : itemOrder(items.texts),
  };
}

/** Dense codes of the item column with the item's id as text or number. */
function itemCodes(table: Table, item: string): { codes: Uint32Array; texts: (string | number)[] } {
  const column = table.columns.get(item) as CategoryColumn | NumberColumn;
  const codes = new Uint32Array(table.rows);
  if (column.kind === "category") {
    codes.set(column.codes);
    return { codes, texts: [...column.dictionary.texts] };
  }
  const known = new Map<number, number>();
  for (let i = 0; i < table.rows; i++) {
    const id = column.values[i]!;
    let code = known.get(id);
    if (code === undefined) {
      code = known.size;
      known.set(id, code);
    }
    codes[i] = code;
  }
  return { codes, texts: [...known.keys()] };
}

/** Place of each item in ascending order of its id: by number where all are numbers, else by code points. */
function itemOrder(texts: readonly (string | number)[]): Uint32Array {
  const numeric = texts.every((text) => text !== "" && Number.isFinite(Number(text)));
  const order = texts.map((_, code) => code);
  if (numeric) order.sort((a, b) => Number(texts[a]) - Number(texts[b]) || a - b);
  else order.sort((a, b) => (String(texts[a]) < String(texts[b]) ? -1 : texts[a] === texts[b] ? a - b : 1));
  const places = new Uint32Array(texts.length);
  order.forEach((code, place) => {
    places[code] = place;
  });
  return places;
}

function largest(codes: Uint32Array): number {
  let most = -1;
  for (let i = 0; i < codes.length; i++) if (codes[i]! > most) most = codes[i]!;
  return most;
}

function refuseListsOfSeveralUnits(groups: Uint32Array, count: number, units: Uint32Array): void {
  const unitOf = new Int32Array(count).fill(-1);
  let mixed = 0;
  for (let i = 0; i < groups.length; i++) {
    const seen = unitOf[groups[i]!]!;
    if (seen === -1) unitOf[groups[i]!] = units[i]!;
    else if (seen !== units[i]!) mixed++;
  }
  if (mixed === 0) return;
  throw new Failure("DATA", {
    message: `${mixed.toLocaleString("en-US")} rows have another unit than the rest of their list; a list belongs to one unit`,
    mend: ["set columns.unit to a column that is the same on all rows of a list, or columns.group to a finer key"],
  });
}

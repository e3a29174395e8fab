import type { Note } from "../findings.ts";
import type { ColumnSchema, Table } from "../tables/table.ts";
import type { Axis } from "./axis.ts";
import { type AxisPool, createAxisPool } from "./axis-pool.ts";
import { type Condition, conditionColumns } from "./condition.ts";
import { type CombinationCounter, createCombinationCounter } from "./cross-codes.ts";
import { axesGrouping, conditionGrouping, type EntryGrouping, everyRow, type Occupied } from "./entry-grouping.ts";
import type { Grouping, Slice } from "./slice.ts";
import { edgesKey, learnEdges } from "./learn-edges.ts";
import { createNewestTimes, windowCondition } from "./newest-times.ts";
import { dimensionsOf, type SliceEntry } from "./slice-entry.ts";
import type { SlicePlanInput } from "./slice-plan-input.ts";
import { refuseSameNames, tooManySlices } from "./slice-refusals.ts";
import { createListColumnDetector, type KindFacts, sliceKind } from "./slice-kind.ts";
import { heavyEntryNotes, noSlicesNote } from "./slice-notes.ts";
import type { LearntSlices, PlannedEntry, SliceColumn, SlicePlan } from "./slice-plan.ts";

/**
 * Turns the entries of a policy into slices over the data: lists values, cuts bands, counts which combinations occur.
 *
 * @throws Failure POLICY where an entry makes more slices than its limit, or two slices have one name
 */
export async function planSlices(input: SlicePlanInput): Promise<SlicePlan> {
  const columns = sliceColumns(input.entries, input.columns, input.candidates ?? []);
  const learntEdges = await learnEdges(input);
  const pool = createAxisPool();
  const drafts = input.entries.map((entry) => draftOf(entry, learntEdges, pool));
  const newest = createNewestTimes(input.entries, input.learnt);
  const proposals = input.entries.length === 0 ? (input.candidates ?? []) : [];
  const proposed = proposals.map((column) => draftOf(proposalOf(column), {}, pool));
  const detector = input.ranking ? createListColumnDetector(columns.map((column) => column.name)) : null;
  const counted = [...drafts, ...proposed].filter((draft) => draft.axes.length > 0);
  if (counted.length > 0 || newest.needed || detector !== null) {
    for await (const block of input.read(columns)) {
      pool.forEachChunk(block, (encoded, _from, count) => {
        for (const { axes, counter } of counted) counter.add(axes.map(encoded), count);
      });
      newest.add(block);
      if (detector !== null && block.groups !== undefined) detector.add(block, block.groups);
    }
  }
  const kinds: KindFacts = {
    columns: input.columns,
    listColumns: detector?.listColumns ?? null,
    after: input.after,
  };
  const learnt: LearntSlices = { edges: learntEdges, newest: newest.found() };
  const made = drafts.map((draft) => slicesOf(draft, kinds, learnt, input.where));
  if (input.entries.length === 0) made.push(everything());
  return assemble(made, pool, columns, learnt, noSlicesNotes(input, proposed), input.where);
}

/** Every column that planning and grouping read, each once. */
export function sliceColumns(
  entries: readonly SliceEntry[],
  columns: ReadonlyMap<string, ColumnSchema>,
  candidates: readonly string[],
): SliceColumn[] {
  const times = new Set<string>();
  const names = new Set<string>();
  for (const { form } of entries) {
    if (form.kind === "each" || form.kind === "cross") {
      for (const dimension of dimensionsOf(form)) {
        names.add(dimension.column);
        if (dimension.by === "period") times.add(dimension.column);
      }
    } else {
      if (form.kind === "where") for (const name of conditionColumns(form.where)) names.add(name);
      if (form.last !== undefined) times.add(form.last.column);
    }
  }
  if (entries.length === 0) for (const name of candidates) names.add(name);
  return [...new Set([...names, ...times])].map((name) => ({
    name,
    as: times.has(name) || columns.get(name)?.kind === "time" ? "time" : "auto",
  }));
}

interface Draft {
  readonly entry: SliceEntry;
  readonly axes: readonly Axis[];
  readonly counter: CombinationCounter;
}

function draftOf(entry: SliceEntry, learntEdges: Readonly<Record<string, readonly number[]>>, pool: AxisPool): Draft {
  const axes = dimensionsOf(entry.form).map((dimension) => {
    if (dimension.by === "edges") return pool.axisOf(dimension, dimension.edges);
    return pool.axisOf(dimension, learntEdges[edgesKey(entry.name, dimension.column)] ?? []);
  });
  return { entry, axes, counter: createCombinationCounter(axes) };
}

function proposalOf(column: string): SliceEntry {
  const form = { kind: "each", by: { column, by: "value" } } as const;
  return { name: column, form, weight: 1, blocking: false, margin: 0, share: false, limit: 12 };
}

interface MadeEntry {
  readonly slices: readonly Slice[];
  readonly grouping: EntryGrouping;
}

function everything(): MadeEntry {
  const slice: Slice = {
    name: "everything",
    entry: "everything",
    kind: "routable",
    where: null,
    weight: 1,
    blocking: false,
    margin: 0,
  };
  return { slices: [slice], grouping: everyRow };
}

function slicesOf(draft: Draft, kinds: KindFacts, learnt: LearntSlices, where: SlicePlanInput["where"]): MadeEntry {
  const { entry } = draft;
  if (entry.form.kind === "where" || entry.form.kind === "last") {
    const condition = windowed(entry.form, learnt);
    return {
      slices: [sliceOf(entry, entry.name, condition, entry.weight, kinds)],
      grouping: conditionGrouping(condition),
    };
  }
  const occupied = draft.counter.overflowed ? null : draft.counter.occupied();
  if (occupied === null || occupied.length > entry.limit) {
    throw tooManySlices(
      entry,
      draft.axes.map((axis) => axis.column),
      occupied?.length ?? null,
      kinds.columns,
      where?.(entry.name),
    );
  }
  const members = inOrder(occupied, draft.axes);
  const total = members.reduce((sum, member) => sum + member.rows, 0);
  const slices = members.map((member) => {
    const parts = member.codes.map((code, index) => ({ axis: draft.axes[index]!, ...draft.axes[index]!.member(code) }));
    const name = parts.map((part) => `${part.axis.column}=${part.name}`).join(" & ");
    const conditions = parts.map((part) => part.condition);
    const condition: Condition = conditions.length === 1 ? conditions[0]! : { kind: "all", of: conditions };
    const weight = entry.share ? (entry.weight * member.rows) / total : entry.weight;
    return sliceOf(entry, name, condition, weight, kinds);
  });
  return { slices, grouping: axesGrouping(draft.axes, members) };
}

function windowed(form: Extract<SliceEntry["form"], { kind: "where" | "last" }>, learnt: LearntSlices): Condition {
  if (form.kind === "last") return windowCondition(form.last, learnt.newest);
  if (form.last === undefined) return form.where;
  return { kind: "all", of: [form.where, windowCondition(form.last, learnt.newest)] };
}

function sliceOf(entry: SliceEntry, name: string, where: Condition, weight: number, kinds: KindFacts): Slice {
  const { blocking, margin, costs } = entry;
  const slice = { name, entry: entry.name, kind: sliceKind(where, kinds), where, weight, blocking, margin };
  return costs === undefined ? slice : { ...slice, costs };
}

function inOrder(occupied: readonly Occupied[], axes: readonly Axis[]): Occupied[] {
  const keyed = occupied.map((one) => ({ one, keys: one.codes.map((code, index) => axes[index]!.member(code).order) }));
  keyed.sort((a, b) => {
    for (const [index, key] of a.keys.entries()) {
      const other = b.keys[index]!;
      if (key === other) continue;
      // Null, whose place is infinity, comes after texts too.
      if (typeof key !== typeof other) return typeof key === "string" ? -1 : 1;
      return key < other ? -1 : 1;
    }
    return 0;
  });
  return keyed.map(({ one }) => one);
}

function assemble(
  made: readonly MadeEntry[],
  pool: AxisPool,
  columns: readonly SliceColumn[],
  learnt: LearntSlices,
  notes: readonly Note[],
  where: SlicePlanInput["where"],
): SlicePlan {
  const slices = made.flatMap((entry) => entry.slices);
  refuseSameNames(slices, where);
  const total = slices.reduce((sum, slice) => sum + slice.weight, 0);
  let first = 0;
  const entries: PlannedEntry[] = made.map((entry) => {
    const indexes = entry.slices.map((_, index) => first + index);
    first += entry.slices.length;
    const weight = entry.slices.reduce((sum, slice) => sum + slice.weight, 0);
    const name = entry.slices[0]?.entry ?? "";
    return { name, slices: indexes, weight, share: total === 0 ? 0 : weight / total };
  });
  return {
    slices,
    entries,
    notes: [...notes, ...heavyEntryNotes(entries)],
    learnt,
    columns,
    groupings: (block) => groupingsOf(made, entries, pool, block),
  };
}

function groupingsOf(
  made: readonly MadeEntry[],
  entries: readonly PlannedEntry[],
  pool: AxisPool,
  block: Table,
): Grouping[] {
  const groupings = made.map((entry, index) => entry.grouping.start(block, entries[index]!.slices));
  const filled = made.flatMap(({ grouping }, index) => (grouping.fill === undefined ? [] : [index]));
  if (filled.length === 0) return groupings;
  pool.forEachChunk(block, (encoded, from, count) => {
    for (const index of filled) made[index]!.grouping.fill?.(groupings[index]!, encoded, from, count);
  });
  return groupings;
}

function noSlicesNotes(input: SlicePlanInput, proposed: readonly Draft[]): Note[] {
  if (input.entries.length > 0) return [];
  const useful = proposed.flatMap((draft) => {
    if (draft.counter.overflowed) return [];
    const values = draft.counter.occupied().length;
    return values >= 2 && values <= draft.entry.limit ? [{ column: draft.entry.name, values }] : [];
  });
  return [noSlicesNote(useful)];
}

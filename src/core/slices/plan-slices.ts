import type { Note } from "../findings.ts";
import type { ColumnSchema, Table } from "../tables/table.ts";
import { type Axis, type AxisCodes, createAxis } from "./axis.ts";
import { type Condition, conditionColumns } from "./condition.ts";
import { type CombinationCounter, createCombinationCounter } from "./cross-codes.ts";
import { createEntryGrouping, type EntryGrouping, type Occupied } from "./entry-grouping.ts";
import type { Slice } from "./slice.ts";
import { edgesKey, learnEdges } from "./learn-edges.ts";
import { createNewestTimes, windowCondition } from "./newest-times.ts";
import { type Dimension, dimensionsOf, type SliceEntry } from "./slice-entry.ts";
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
  const axisFor = createAxes();
  const drafts = input.entries.map((entry) => draftOf(entry, learntEdges, axisFor));
  const newest = createNewestTimes(input.entries, input.learnt);
  const proposals = input.entries.length === 0 ? (input.candidates ?? []) : [];
  const proposed = proposals.map((column) => draftOf(proposalOf(column), {}, axisFor));
  const detector = input.ranking ? createListColumnDetector(columns.map((column) => column.name)) : null;
  const countNeeded = [...drafts, ...proposed].some((draft) => draft.axes.length > 0) || newest.needed || detector;
  if (countNeeded) {
    for await (const block of input.read(columns)) {
      const encoded = encoderOf(block);
      for (const { axes, counter } of [...drafts, ...proposed]) {
        if (axes.length > 0) counter.add(axes.map(encoded), block.rows);
      }
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
  return assemble(made, columns, learnt, noSlicesNotes(input, proposed), input.where);
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

type AxisFor = (dimension: Dimension, edges: readonly number[]) => Axis;

/** Entries that list the same values of a column share one axis, so that it is encoded once a block. */
function createAxes(): AxisFor {
  const known = new Map<string, Axis>();
  return (dimension, edges) => {
    const key = JSON.stringify([dimension, edges]);
    const axis = known.get(key) ?? createAxis(dimension, edges);
    known.set(key, axis);
    return axis;
  };
}

function encoderOf(block: Table): (axis: Axis) => AxisCodes {
  const codes = new Map<Axis, AxisCodes>();
  return (axis) => {
    const known = codes.get(axis) ?? axis.encode(block);
    codes.set(axis, known);
    return known;
  };
}

function draftOf(entry: SliceEntry, learntEdges: Readonly<Record<string, readonly number[]>>, axisFor: AxisFor): Draft {
  const axes = dimensionsOf(entry.form).map((dimension) =>
    axisFor(
      dimension,
      dimension.by === "edges" ? dimension.edges : (learntEdges[edgesKey(entry.name, dimension.column)] ?? []),
    ),
  );
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
  return { slices: [slice], grouping: createEntryGrouping(null) };
}

function slicesOf(draft: Draft, kinds: KindFacts, learnt: LearntSlices, where: SlicePlanInput["where"]): MadeEntry {
  const { entry } = draft;
  if (entry.form.kind === "where" || entry.form.kind === "last") {
    const condition = windowed(entry.form, learnt);
    return {
      slices: [sliceOf(entry, entry.name, condition, entry.weight, kinds)],
      grouping: createEntryGrouping(condition),
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
  return { slices, grouping: createEntryGrouping({ axes: draft.axes, members }) };
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
    groupings: (block) => {
      const encoded = encoderOf(block);
      return made.map((entry, index) => entry.grouping(block, entries[index]!.slices, encoded));
    },
  };
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

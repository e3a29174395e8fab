import { InternalError } from "../failures.ts";
import type { Column, Dictionary, Table } from "../tables/table.ts";
import type { BinLookup } from "./bin-lookup.ts";
import { createBinLookup } from "./bin-lookup.ts";
import type { ColumnProfile } from "./column-profile.ts";
import { addColumnProfile, createColumnProfile } from "./column-profile.ts";
import type { CategoryFrame, ColumnFrame, Frame } from "./frame.ts";
import type { JointMoments } from "./joint-moments.ts";
import { addJointMoments, createJointMoments, updateJointMoments } from "./joint-moments.ts";
import type { CodeMap } from "./update-category.ts";
import { mapDictionary, updateBoolean, updateCategory } from "./update-category.ts";
import { updateNumber } from "./update-number.ts";
import { updateText } from "./update-text.ts";

/** Mergeable summary of all columns over some rows. */
export interface Profile {
  readonly frame: Frame;
  rows: number;
  readonly columns: readonly ColumnProfile[];
  readonly joint: JointMoments;
}

export function createProfile(frame: Frame): Profile {
  return {
    frame,
    rows: 0,
    columns: frame.columns.map(createColumnProfile),
    joint: createJointMoments(frame.joint.length),
  };
}

/** Sum of profiles on one frame, which must not be empty: a month of days, a cluster of machines. */
export function mergeProfiles(parts: readonly Profile[]): Profile {
  const first = parts[0];
  if (first === undefined) throw new InternalError("no profiles to merge");
  const total = createProfile(first.frame);
  for (const part of parts) addProfile(total, part);
  return total;
}

export function addProfile(into: Profile, other: Profile): void {
  if (into.frame.id !== other.frame.id) throw new InternalError("profiles of different frames cannot be added");
  into.rows += other.rows;
  into.columns.forEach((column, index) => addColumnProfile(column, other.columns[index]!));
  addJointMoments(into.joint, other.joint);
}

/** Counts tables into profiles of one frame; keeps the lookup tables and dictionary translations between blocks. */
export interface Profiler {
  /** Adds rows [from, to) of `table` to `profile`. */
  add(profile: Profile, table: Table, from?: number, to?: number): void;
}

export function createProfiler(frame: Frame): Profiler {
  const lookups = frame.columns.map((column) => ("edges" in column ? createBinLookup(column.edges) : null));
  const codeMaps = new Map<string, { dictionary: Dictionary; map: CodeMap }>();
  const codeMapOf = (column: CategoryFrame, dictionary: Dictionary): CodeMap => {
    const before = codeMaps.get(column.name);
    if (before !== undefined && before.dictionary === dictionary) return before.map;
    const map = mapDictionary(column, dictionary);
    codeMaps.set(column.name, { dictionary, map });
    return map;
  };
  const add = (profile: Profile, table: Table, from = 0, to = table.rows): void => {
    const maps = new Map<string, CodeMap>();
    frame.columns.forEach((column, index) => {
      const source = table.columns.get(column.name);
      if (source === undefined) return;
      if (column.kind === "category" && source.kind === "category") {
        maps.set(column.name, codeMapOf(column, source.dictionary));
      }
      countColumn(profile.columns[index]!, column, source, lookups[index]!, maps.get(column.name), from, to);
    });
    profile.rows += to - from;
    if (frame.joint.length > 0) updateJointMoments(profile.joint, frame, table, maps, from, to);
  };
  return { add };
}

function countColumn(
  profile: ColumnProfile,
  frame: ColumnFrame,
  source: Column,
  lookup: BinLookup | null,
  map: CodeMap | undefined,
  from: number,
  to: number,
): void {
  if (frame.kind === "category" && source.kind === "category" && map !== undefined) {
    updateCategory(profile, map, source.codes, from, to);
  } else if (frame.kind === "boolean" && source.kind === "boolean") {
    updateBoolean(profile, source.values, from, to);
  } else if (frame.kind === "text" && source.kind === "category" && lookup !== null) {
    updateText(profile, lookup, source.dictionary, source.codes, from, to);
  } else if (source.kind === "number" || source.kind === "time") {
    if (lookup !== null) updateNumber(profile, lookup, source.values, source.nulls, from, to);
  } else {
    throw new InternalError(`column ${frame.name} is ${source.kind}, the frame says ${frame.kind}`);
  }
}

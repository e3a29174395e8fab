import type { CheckBlock } from "../../core/data-quality/check-block.ts";
import { checkTable, sampleTable, type TableKind, tableKinds } from "../../core/data-quality/check-table.ts";
import type { Contract } from "../../core/data-quality/contract.ts";
import type { TableFacts } from "../../core/data-quality/table-facts.ts";
import type { Frame } from "../../core/profile/frame.ts";
import { makeFrame } from "../../core/profile/make-frame.ts";
import { createProfile, createProfiler, type Profile } from "../../core/profile/profile.ts";

/** Rows of a load from which only every eighth enters the joint moments. */
const manyRows = 150_000;

/** Profiles the rows that go on while a file is checked. */
export interface LoadProfiler {
  add(block: CheckBlock, isGood: (row: number) => boolean): void;
  finish(): Profile;
}

export function createLoadProfiler(frame: Frame, contract: Contract): LoadProfiler {
  const profile = createProfile(frame);
  const profiler = createProfiler(frame);
  const names = new Set(frame.columns.map((column) => column.name));
  const kinds = new Map([...tableKinds(contract)].filter(([name]) => names.has(name)));
  return {
    add(block, isGood) {
      profiler.add(profile, checkTable(block, isGood, kinds, profile.rows));
    },
    finish: () => profile,
  };
}

/** The frame of a contract's loads, from the first that was accepted. */
export function loadFrame(contract: Contract, facts: TableFacts): Frame {
  return makeFrame(sampleTable(facts, tableKinds(contract)), { jointEvery: facts.rows > manyRows ? 8 : 1 });
}

/** False where the contract says another kind of a column than the frame counts: its type was changed. */
export function kindsFit(frame: Frame, contract: Contract): boolean {
  const kinds = tableKinds(contract);
  return frame.columns.every(({ name, kind }) => {
    const now = kinds.get(name);
    return now === undefined || now === (kind === "text" ? "category" : kind);
  });
}

/** False where the contract has columns that the frame cannot count: a new one, or one of another kind. */
export function frameFits(frame: Frame, contract: Contract, present: readonly string[]): boolean {
  const known = new Map<string, TableKind>(
    frame.columns.map(({ name, kind }) => [name, kind === "text" ? "category" : kind]),
  );
  for (const [name, kind] of tableKinds(contract)) {
    const counted = known.get(name);
    if (counted === undefined ? present.includes(name) : counted !== kind) return false;
  }
  return true;
}

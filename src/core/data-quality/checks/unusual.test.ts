import { expect, test } from "vitest";
import { makeFrame } from "../../profile/make-frame.ts";
import { createProfile, createProfiler, type Profile } from "../../profile/profile.ts";
import { createRandom } from "../../statistics/random.ts";
import type { Table } from "../../tables/table.ts";
import type { TableFacts } from "../table-facts.ts";
import type { Usual } from "../usual.ts";
import { unusualValuesCheck } from "./unusual.ts";

const random = createRandom(11);
const normal = (): number => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());

/** A load of six columns; each load has a level of its own, as loads do. */
function load(rows: number, shift = 0, swap = 0): Table {
  const level = 0.1 * normal();
  const numbers = ["a", "b", "c", "d"].map((name, k) => ({
    name,
    kind: "number" as const,
    values: Float64Array.from({ length: rows }, () => normal() + level + (k === 0 ? shift : 0)),
  }));
  const texts = ["north", "south", "east", "west"];
  const words = ["region", "place"].map((name) => ({
    name,
    kind: "category" as const,
    codes: Uint32Array.from({ length: rows }, () => (random.next() < swap ? 3 : Math.floor(4 * random.next() ** 1.5))),
    dictionary: { texts },
  }));
  const columns = [...numbers, ...words];
  return { rows, firstRow: 0, columns: new Map(columns.map((column) => [column.name, column])) };
}

const frame = makeFrame(load(2000));
function profileOf(table: Table): Profile {
  const profile = createProfile(frame);
  createProfiler(frame).add(profile, table);
  return profile;
}
function found(profiles: readonly Profile[], profile: Profile): readonly string[] {
  const usual: Usual = {
    rows: null,
    age: null,
    nulls: new Map(),
    profiles,
    profilesSay: `the last ${profiles.length} loads`,
  };
  return unusualValuesCheck
    .run({ facts: {} as TableFacts, contract: null, usual, profile, now: null })
    .map((entry) => entry.message);
}

test("loads that differ only as loads do raise an alarm in two of a hundred at most", () => {
  let alarms = 0;
  for (let trial = 0; trial < 150; trial++) {
    const earlier = Array.from({ length: 10 + (trial % 20) }, () => profileOf(load(300)));
    alarms += found(earlier, profileOf(load(trial % 3 === 0 ? 180 : 300))).length > 0 ? 1 : 0;
  }
  expect(alarms).toBeLessThanOrEqual(3);
});

test("a moved mean and a moved category are named with numbers; nine loads are too few to say", () => {
  const earlier = Array.from({ length: 12 }, () => profileOf(load(300)));
  const moved = found(earlier, profileOf(load(300, 1.2, 0.5)));
  expect(moved.map((message) => message.split(":")[0])).toEqual(["a", "region", "place"]);
  expect(moved[0]).toMatch(
    /unlike the last 12 loads: distance 0\.\d+, among themselves at most 0\.\d+; mean .* → 1\.\d/,
  );
  expect(moved[1]).toMatch(/west \d+(\.\d+)?% → \d+/);
  expect(found(earlier.slice(3), profileOf(load(300, 1.2)))).toEqual([]);
});

import { expect, test } from "vitest";
import { makeFrame } from "../profile/make-frame.ts";
import { createProfile, createProfiler } from "../profile/profile.ts";
import { outsideEvents, withEvents } from "./outside-events.ts";

const table = {
  rows: 10,
  firstRow: 0,
  columns: new Map([
    ["x", { name: "x", kind: "number" as const, values: Float64Array.from({ length: 10 }, (_, i) => i) }],
  ]),
};
const frame = makeFrame(table);
const profileOf = (from: number, to: number) => {
  const profile = createProfile(frame);
  createProfiler(frame).add(profile, table, from, to);
  return profile;
};
const day = 86_400_000;
const windows = [0, 1, 2].map((k) => ({ from: k * day, to: (k + 1) * day, profile: profileOf(3 * k, 3 * k + 3) }));
const whole = profileOf(0, 9);

test("rows of an announced event are set aside for its columns alone", () => {
  const sale = { name: "sale", from: day, to: 2 * day, columns: ["x"] };
  const outside = outsideEvents(withEvents(windows, [sale]), whole);
  expect(outside("x")).toMatchObject({ event: "sale", profile: { rows: 6 } });
  expect(outside("y")).toEqual({ event: null, profile: whole });
});

test("an event over everything leaves nothing to be judged", () => {
  const all = { name: "move", from: 0, to: 3 * day, columns: [] };
  expect(outsideEvents(withEvents(windows, [all]), whole)("x")).toEqual({ event: "move", profile: null });
});

import { expect, test } from "vitest";
import { apiInMemory } from "./api-in-memory.ts";

const times = { from: Date.parse("2026-11-20T00:00:00Z"), until: Date.parse("2026-11-21T00:00:00Z") };
const point = { value: 0.71, interval: [0.68, 0.74], rows: 400, units: 200, reason: null };

/** As a server kept it on 27 November 2026 in the morning: without `spread`, `method` and `assumes`. */
const slice = {
  slice: "young",
  blocking: true,
  outcome: "below",
  reason: "roc_auc 0.71 in the last period",
  reference: point,
  limit: 0.75,
  statistic: 12,
  threshold: 10,
  since: times.from,
  periods: [{ ...point, ...times, labelled: 390, completeness: 0.97, counts: true }],
};
const quality = {
  version: "1",
  metric: "roc_auc",
  problem: null,
  labels: null,
  audit: null,
  trigger: null,
  measured: [slice],
  estimated: [{ ...slice, reference: null, since: null }],
};
const look = {
  model: "loans",
  at: times.until,
  until: times.until,
  rows: 400,
  problem: null,
  slices: [{ slice: "young", outcome: "no-drift", reason: "none of 2 columns moved" }],
};

test.each([
  ["without quality, as the first version kept it", look, null],
  ["without the fields that came later", { ...look, quality }, quality],
])("a look kept by an earlier version opens: %s", async (_, body, kept) => {
  const api = await apiInMemory();
  const artifact = { kind: "constant", value: 1 };
  await api.call("operator", "POST", "/v1/models/loans/versions", { artifact });
  await api.plane.store.change({ name: "old", role: "system" }, (state) =>
    state.put({ kind: "look", id: "loans", parent: "loans", body, action: "monitors.look" }),
  );
  const found = await api.call("viewer", "GET", "/v1/models/loans/look");
  expect(found.status, JSON.stringify(found.body)).toBe(200);
  const own = await api.call("viewer", "GET", "/v1/models/loans/quality");
  expect(own.status, JSON.stringify(own.body)).toBe(kept === null ? 404 : 200);
  const later = { spread: null, method: null, assumes: null };
  const shown = { measured: [{ slice: "young", ...later, since: "2026-11-20T00:00:00.000Z" }], estimated: [later] };
  if (kept === null) expect(found.body["quality"]).toBeNull();
  else expect([found.body["quality"], own.body]).toMatchObject([shown, shown]);
  expect(api.bugs).toEqual([]);
});

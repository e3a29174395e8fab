import { expect, test } from "vitest";
import { pastRequests, replay, type ReplayParts } from "./replay.ts";

/** A clock that only moves when it is waited for. */
function parts(events: string[], fails: (key: string | null) => boolean = () => false): ReplayParts {
  let now = 0;
  return {
    send: async (request) => {
      if (fails(request.key)) throw new Error("refused");
      events.push(`${Math.round(now)} request ${request.key} of ${request.records.length}`);
    },
    label: async (labels) =>
      void events.push(`${Math.round(now)} labels ${labels.map((label) => label.key).join(" ")}`),
    monotonic: () => now,
    wait: async (milliseconds) => void (now += milliseconds),
    onProgress: () => {},
  };
}

const label = (key: string, time: number) => ({
  id: null,
  key,
  model: null,
  item: null,
  name: null,
  label: 1,
  time,
  source: null,
});
const rows = [
  { g: "a", t: 0 },
  { g: "a", t: 0 },
  { g: "b", t: 1000 },
  { g: "c", t: 3000 },
];
const requests = pastRequests(rows, (record) => record["t"] as number, { group: "g", id: null });

test("requests come in their order at the speed asked for, and labels when they came then", async () => {
  const events: string[] = [];
  const result = await replay(requests, [label("a", 2000), label("c", 9000)], 10, parts(events));
  expect(events).toEqual([
    "0 request a of 2",
    "100 request b of 1",
    "200 labels a",
    "300 request c of 1",
    "900 labels c",
  ]);
  expect(result).toMatchObject({ requests: 3, failed: 0, labels: 2 });
});

test("as fast as it goes, labels still come after the requests of their time", async () => {
  const events: string[] = [];
  await replay(requests, [label("a", 2000), label("c", 9000)], Number.POSITIVE_INFINITY, parts(events));
  expect(events.map((event) => event.replace(/^\d+ /, ""))).toEqual([
    "request a of 2",
    "request b of 1",
    "labels a",
    "request c of 1",
    "labels c",
  ]);
});

test("requests that fail are counted, the first with its reason, and the rest goes on", async () => {
  const events: string[] = [];
  const result = await replay(
    requests,
    [],
    1000,
    parts(events, (key) => key === "b"),
  );
  expect(result).toMatchObject({ requests: 3, failed: 1, firstFailure: "refused" });
  expect(events).toHaveLength(2);
});

test("rows of one list are one request wherever they stand; rows that share an id are requests of their own", () => {
  const apart = [rows[0]!, rows[2]!, rows[1]!];
  const time = (record: { readonly t?: unknown }): number => record.t as number;
  const sent = (by: { group: string | null; id: string | null }): unknown =>
    pastRequests(apart, time, by).map(({ key, records }) => [key, records.length]);
  expect(sent({ group: "g", id: null })).toEqual([
    ["a", 2],
    ["b", 1],
  ]);
  expect(sent({ group: null, id: "g" })).toEqual([
    ["a", 1],
    ["a", 1],
    ["b", 1],
  ]);
});

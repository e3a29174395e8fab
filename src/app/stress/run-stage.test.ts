import { expect, test } from "vitest";
import type { LoadOutcome, LoadRequest, LoadTarget } from "../ports/load-target.ts";
import { runStage } from "./run-stage.ts";

const request: LoadRequest = { body: new Uint8Array(), edge: false };

function target(send: () => Promise<LoadOutcome>): LoadTarget {
  return { send, memory: () => Promise.resolve(7), problem: () => null, close: () => Promise.resolve() };
}

function after(milliseconds: number): Promise<LoadOutcome> {
  return new Promise((resolve) => setTimeout(() => resolve("ok"), milliseconds));
}

const options = { rate: 200, seconds: 0.5, mostInFlight: 1000, grace: 0, signal: new AbortController().signal };

test("a server that stalls is charged for every request that came due meanwhile", async () => {
  const opened = performance.now();
  // Stalls for 300 ms from the start: whoever comes in that time waits for its end.
  const stalling = target(() => after(Math.max(0, opened + 300 - performance.now())));
  const result = await runStage(stalling, () => request, options);
  expect(result.sent).toBe(100);
  expect(result.outcomes.ok).toBe(100);
  // A closed loop would have sent one request in those 300 ms, and had a median near zero.
  expect(result.latency.p50).toBeGreaterThan(30);
  expect(result.memory).toBe(7);
});

test("a server that never keeps up is not waited for: what cannot be sent counts as an error", async () => {
  const slow = target(() => after(400));
  const result = await runStage(slow, () => request, { ...options, mostInFlight: 10 });
  expect(result.unsent).toBeGreaterThan(50);
  expect(result.outcomes.error).toBe(result.unsent);
  expect(result.sent + result.unsent).toBe(100);
});

test("outcomes are counted by kind, and only answers have a latency", async () => {
  const kinds: LoadOutcome[] = ["ok", "refused", "shed", "error", "timeout"];
  let at = 0;
  const mixed = target(() => Promise.resolve(kinds[at++ % kinds.length]!));
  const result = await runStage(mixed, () => request, options);
  expect(result.outcomes).toEqual({ ok: 20, refused: 20, shed: 20, error: 20, timeout: 20 });
  expect(result.throughput).toBeCloseTo(80, 0);
  expect(result.latency.p99).toBeNull();
});

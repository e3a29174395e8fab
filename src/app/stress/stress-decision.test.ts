import { expect, test } from "vitest";
import type { StageResult } from "./run-stage.ts";
import { decideStress } from "./stress-decision.ts";

const limits = { p99: 100, errors: 0.001, shed: 0.01 };

function stage(more: Partial<StageResult> = {}): StageResult {
  return {
    offered: 500,
    throughput: 500,
    seconds: 4,
    sent: 2000,
    outcomes: { ok: 2000, refused: 0, shed: 0, error: 0, timeout: 0 },
    unsent: 0,
    latency: { p50: 2, p99: 20, p999: null, max: 30 },
    lag: 1,
    memory: null,
    ...more,
  };
}

const decide = (peak: StageResult, knee: number | null = 1000) =>
  decideStress({ peak, knee, expected: 50, times: 10, limits });

test("a peak within the limits passes, and says how many replicas are needed", () => {
  expect(decide(stage())).toMatchObject({ decision: "pass", replicas: { expected: 1, peak: 1, load: 0.7 } });
  expect(decide(stage(), 60).replicas).toMatchObject({ expected: 2, peak: 12 });
  expect(decide(stage(), null).replicas).toBeNull();
});

test("each limit that is broken is named", () => {
  const outcomes = { ok: 1900, refused: 0, shed: 50, error: 30, timeout: 20 };
  const broken = decide(stage({ outcomes, latency: { p50: 2, p99: 120, p999: null, max: 400 } }));
  expect(broken.decision).toBe("fail");
  expect(broken.reason).toBe("2.5% errors, limit 0.10%; 2.5% shed, limit 1.0%; p99 120.0 ms, limit 100 ms");
});

test("a volume that is answered too late is a failure also where each answer came in the end", () => {
  expect(decide(stage({ throughput: 300 }))).toMatchObject({
    decision: "fail",
    reason: "60.0% of the volume answered in time, limit 95.0%",
  });
});

test("where the generator was late itself, nothing is said of the server", () => {
  const late = stage({ latency: { p50: 2, p99: 300, p999: null, max: 400 }, lag: 250 });
  expect(decide(late).decision).toBe("not-evaluated");
});

test("too few answers for a p99 are not enough data, and no prediction at all is a failure", () => {
  expect(decide(stage({ latency: { p50: 2, p99: null, p999: null, max: 9 } })).decision).toBe("not-enough-data");
  const refused = { ok: 0, refused: 2000, shed: 0, error: 0, timeout: 0 };
  expect(decide(stage({ outcomes: refused }))).toMatchObject({
    decision: "fail",
    reason: "no request was answered with a prediction",
  });
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { LogEvent, PredictionEvent } from "../../core/serving/prediction-event.ts";
import { eventLine } from "../../core/serving/event-line.ts";
import { compileRouter } from "../../core/serving/route.ts";
import { plainRouting } from "../../core/serving/routing-state.ts";
import { createRandom } from "../../core/statistics/random.ts";
import { clicks, growthOf, simulatedGuardrails } from "../../core/rollout/simulated-traffic.ts";
import { usualGuardrails } from "../../core/rollout/release-policy.ts";
import { createRolloutEvidence } from "./rollout-evidence.ts";

const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function logOf(events: readonly LogEvent[]): string {
  const folder = mkdtempSync(join(tmpdir(), "umpire-evidence-"));
  folders.push(folder);
  mkdirSync(join(folder, "closed"));
  writeFileSync(join(folder, "closed", "1-host-1-0.jsonl"), `${events.map(eventLine).join("\n")}\n`);
  return folder;
}

function prediction(more: Partial<PredictionEvent> & { id: string }): PredictionEvent {
  return {
    kind: "prediction",
    key: null,
    request: more.id,
    at: 1000,
    time: null,
    model: "m",
    version: "1",
    routed: "1",
    cohort: "young",
    arm: "champion",
    propensity: 0.9,
    unit: null,
    group: null,
    item: null,
    raw: null,
    prepared: null,
    context: null,
    prediction: 0.5,
    classes: null,
    score: null,
    position: null,
    milliseconds: Math.E,
    fallback: null,
    marks: [],
    overrides: [],
    door: "records",
    ...more,
  };
}

const request = {
  model: "m",
  champion: "1",
  challenger: "2",
  since: 1000,
  guardrails: simulatedGuardrails,
  now: null,
  cuts: null,
  windows: [{ position: { stage: 0, step: 0 }, cohort: "young", share: 0.1, spared: 1 }],
};

describe("evidence of a rollout from the log", () => {
  it("counts a unit once, however often it comes back, and a prediction once, however often it is logged", async () => {
    const arm = { routed: "2", version: "2", arm: "2", propensity: 0.1, unit: "u" };
    const twice = prediction({ id: "b", ...arm, fallback: "error", version: "1" });
    const folder = logOf([prediction({ id: "a", ...arm }), twice, twice, prediction({ id: "c" })]);
    const { steps } = await createRolloutEvidence(folder).collect(request);
    const [step] = steps;
    expect(step!.control).toMatchObject({ units: 1, requests: 1 });
    expect(step!.treatment).toMatchObject({ units: 1, requests: 2 });
    expect(step!.treatment.measures["errors"]).toEqual({ n: 1, hit: 1, full: 0, x: 2, y: 1, xx: 4, xy: 2, yy: 1 });
    expect(step!.treatment.measures["latency"]!.y).toBeCloseTo(2 * Math.log(Math.E + 10), 12);
  });

  it("takes no event of another model, cohort, step, time, or of one that was pinned or kept apart", async () => {
    const folder = logOf([
      prediction({ id: "a" }),
      prediction({ id: "b", model: "other" }),
      prediction({ id: "c", cohort: "all" }),
      prediction({ id: "d", propensity: 0.5 }),
      prediction({ id: "e", at: 999 }),
      prediction({ id: "f", arm: "pinned", propensity: 1 }),
      prediction({ id: "g", arm: "standing", routed: "0", propensity: 0.01 }),
    ]);
    const { steps } = await createRolloutEvidence(folder).collect(request);
    expect(steps[0]!.control.units).toBe(1);
    expect(steps[0]!.treatment.units).toBe(0);
  });

  it("does not hold it against a version that a unit opted out or a record broke its contract", async () => {
    const folder = logOf([prediction({ id: "a", fallback: "opt-out" }), prediction({ id: "b", fallback: "contract" })]);
    const { steps } = await createRolloutEvidence(folder).collect(request);
    expect(steps[0]!.control.measures["errors"]!.y).toBe(0);
    expect(steps[0]!.control.measures["fallback"]!.y).toBe(1);
  });

  it("joins the latest label by id or key, and losses only where there is one", async () => {
    const label = { kind: "label", key: null, item: null, model: null, name: "click", at: 1, source: null } as const;
    const quality = { ...clicks, name: "loss", measure: "quality", loss: "absolute", direction: -1 } as const;
    const folder = logOf([
      prediction({ id: "a", unit: "u" }),
      prediction({ id: "b", unit: "v", key: "k" }),
      { ...label, id: "a", label: 0, time: 5 },
      { ...label, id: "a", label: 1, time: 9 },
      { ...label, id: null, key: "k", label: true, time: 1 },
    ]);
    const evidence = createRolloutEvidence(folder);
    const { steps } = await evidence.collect({ ...request, guardrails: [clicks, quality] });
    expect(steps[0]!.control.measures["click"]).toMatchObject({ n: 2, x: 2, y: 2 });
    expect(steps[0]!.control.measures["loss"]).toMatchObject({ n: 2, x: 2, y: 1 });
    const early = await evidence.collect({ ...request, since: 0, guardrails: [quality] });
    const { wait, come, reached } = early.steps[0]!.control.labels["loss"]!;
    expect({ wait, come, x: reached.x, y: reached.y }).toEqual({ wait: 0, come: 2, x: 2, y: 2 });
  });

  it("sums how far down its list a hit stands, of hits alone", async () => {
    const label = {
      kind: "label",
      key: null,
      item: null,
      model: null,
      name: "click",
      at: 1,
      time: 1,
      source: null,
    } as const;
    const place = { ...clicks, name: "order", measure: "quality", loss: "place", direction: -1 } as const;
    const row = (id: string, position: number) => prediction({ id, key: "list", unit: "u", item: id, position });
    const folder = logOf([
      ...["a", "b", "c", "d"].map((id, position) => row(id, position)),
      { ...label, id: null, key: "list", item: "a", label: 1 },
      { ...label, id: null, key: "list", item: "c", label: 1 },
      ...["b", "d"].map((item) => ({ ...label, id: null, key: "list", item, label: 0 })),
    ]);
    const { steps } = await createRolloutEvidence(folder).collect({ ...request, guardrails: [place] });
    // Places 1 and 3: discounts 1 and 1/2.
    expect(steps[0]!.control.measures["order"]).toMatchObject({ n: 1, x: 2, y: 0.5 });
  });

  it("counts an answer for its label once it is as old as is waited for, by the label that came within that time", async () => {
    const label = { kind: "label", key: null, item: null, model: null, name: "click", source: null } as const;
    const hour = 3_600_000;
    const folder = logOf([
      prediction({ id: "old", at: 1000, unit: "a" }),
      prediction({ id: "late", at: 1000, unit: "b" }),
      prediction({ id: "young", at: 1000 + 2 * hour, unit: "c" }),
      { ...label, id: "old", label: 0, at: 1000 + hour, time: 1000 + hour },
      { ...label, id: "old", label: 1, at: 1000 + 3 * hour, time: 1000 + 3 * hour },
      { ...label, id: "late", label: 1, at: 1000 + 3 * hour, time: 1000 + 3 * hour },
      { ...label, id: "young", label: 1, at: 1000 + 2 * hour, time: 1000 + 2 * hour },
    ]);
    const quality = { ...clicks, name: "loss", measure: "quality", loss: "absolute", direction: -1 } as const;
    const guardrails = [clicks, quality].map((one) => ({ ...one, within: 2 * hour }));
    const evidence = createRolloutEvidence(folder);
    const before = await evidence.collect({ ...request, guardrails });
    // The newest event is three hours in: the answer of the third hour is not old enough yet.
    expect(before.steps[0]!.control.measures["click"]).toMatchObject({ n: 2, x: 2, y: 0 });
    expect(before.steps[0]!.control.measures["loss"]).toMatchObject({ n: 1, x: 1, y: 0.5 });
    expect(before.steps[0]!.control.labels["loss"]).toMatchObject({ wait: 2 * hour, come: 3, reached: { x: 2, y: 1 } });
    // The clock goes on although nothing comes.
    const after = await evidence.collect({ ...request, guardrails, now: 1000 + 4 * hour });
    expect(after.steps[0]!.control.measures["click"]).toMatchObject({ n: 3, x: 3, y: 1 });
  });

  it("takes the times of a replay as the clients say them", async () => {
    const label = { kind: "label", key: null, item: null, model: null, name: "click", source: null } as const;
    const hour = 3_600_000;
    const past = Array.from({ length: 40 }, (_, i) => ({ id: `p${i}`, time: i * hour }));
    const folder = logOf([
      ...past.map(({ id, time }) => prediction({ id, time, at: 1e12, unit: id })),
      ...past.map(({ id, time }) => ({ ...label, id, label: 1, at: 1e12 + 5, time: time + hour })),
    ]);
    const guardrails = [{ ...clicks, within: 10 * hour }];
    const { steps } = await createRolloutEvidence(folder).collect({ ...request, guardrails });
    // The newest label is of hour 40: answers up to hour 30 are ten hours old.
    expect(steps[0]!.control.measures["click"]).toMatchObject({ n: 31, y: 31 });
  });

  it("holds a class against its label as a text, also where classes are numbers, and a score against one half", async () => {
    const label = { kind: "label", key: null, item: null, model: null, name: "click", at: 1, source: null } as const;
    const quality = { ...clicks, name: "loss", measure: "quality", loss: "zero-one", direction: -1 } as const;
    const answers = [
      ["1", 2],
      ["2", 2],
      ["0", 1],
      [0.9, 1],
      [0.2, 1],
      ["yes", "yes"],
    ] as const;
    const folder = logOf(
      answers.flatMap(([answer, truth], i) => [
        prediction({ id: `p${i}`, unit: `u${i}`, prediction: answer }),
        { ...label, id: `p${i}`, label: truth, time: 5 },
      ]),
    );
    const { steps } = await createRolloutEvidence(folder).collect({ ...request, guardrails: [quality] });
    expect(steps[0]!.control.measures["loss"]).toMatchObject({ x: 6, y: 3 });
  });

  it("pairs a shadow's answers with the champion's on the same units", async () => {
    const shadow = {
      kind: "shadow",
      at: 2000,
      model: "m",
      version: "2",
      prediction: 0.7,
      classes: null,
      milliseconds: 1,
    } as const;
    const folder = logOf([
      prediction({ id: "a", cohort: "all", propensity: 1 }),
      prediction({ id: "b", cohort: "all", propensity: 1 }),
      { ...shadow, id: "a", error: null },
      { ...shadow, id: "a", error: null },
      { ...shadow, id: "x", error: "boom" },
    ]);
    const windows = [{ position: { stage: -1, step: 0 }, cohort: null, share: null, spared: 1 }];
    const { steps } = await createRolloutEvidence(folder).collect({ ...request, windows });
    expect(steps[0]).toMatchObject({ share: null, control: { units: 1 }, treatment: { units: 1, requests: 1 } });
  });

  it("agrees with the router about who belongs to a step, and cuts answers where the champion's lie", async () => {
    const random = createRandom(5);
    const cohort = { name: "young", where: null, salt: "r", arms: [{ version: "2", share: 0.1 }] };
    const route = compileRouter({
      ...plainRouting("1"),
      cohorts: [cohort],
      standing: { version: "0", share: 0.05, salt: "s" },
    });
    const events = Array.from({ length: 4000 }, (_, i) => {
      const { version, cohort: name, arm, propensity } = route({}, `u${i}`);
      const decided = { version, routed: version, cohort: name, arm, propensity, unit: `u${i}` };
      return prediction({ id: `p${i}`, ...decided, prediction: random.next() });
    });
    const windows = [{ ...request.windows[0]!, spared: 0.95 }];
    const evidence = createRolloutEvidence(logOf(events));
    const { steps, cuts } = await evidence.collect({ ...request, windows, guardrails: usualGuardrails });
    const count = (arm: string): number => events.filter((event) => event.arm === arm).length;
    expect(steps[0]!.treatment.units).toBe(count("2"));
    expect(steps[0]!.control.units).toBe(count("champion"));
    expect(cuts).toMatchObject({ kind: "number" });
    const shares = steps[0]!.control.answers.map((cut) => cut.y / cut.x);
    for (const [i, share] of shares.entries()) expect(Math.abs(share - (i + 1) / 10)).toBeLessThan(0.03);
    const traffic = await evidence.traffic({ model: "m", guardrails: usualGuardrails });
    expect(traffic.growth).toMatchObject({ bins: 1, units: 4000, gaps: [[-1, 0, 4000]], once: 4000, twice: 0 });
    expect(traffic.measures["latency"]!.mean).toBeCloseTo(Math.log(Math.E + 10), 9);
  });

  it("counts who comes back, and learns how long labels take, before a release begins", async () => {
    const label = { kind: "label", key: null, item: null, model: null, name: "click", source: null } as const;
    const hour = 3_600_000;
    const random = createRandom(3);
    const visits = Array.from({ length: 3000 }, (_, i) => [i * 60_000, Math.floor(random.next() ** 2 * 900)] as const);
    const folder = logOf([
      ...visits.map(([at, unit], i) => prediction({ id: `p${i}`, at, unit: `u${unit}` })),
      ...visits.map(([at], i) => ({ ...label, id: `p${i}`, label: i % 2, at: at + 2 * hour, time: at + 2 * hour })),
    ]);
    const { growth, waits } = await createRolloutEvidence(folder).traffic({ model: "m", guardrails: [clicks] });
    // As counted in one go, without SQL.
    const { gaps, ...counts } = growthOf(visits);
    expect(growth).toMatchObject(counts);
    expect(new Set(growth!.gaps.map(String))).toEqual(new Set(gaps.map(String)));
    expect(waits["click"]! / hour).toBeGreaterThanOrEqual(2);
    expect(waits["click"]! / hour).toBeLessThan(2.6);
  });

  it("says that there is nothing where the log is empty", async () => {
    const evidence = createRolloutEvidence(join(tmpdir(), "umpire-no-such-log"));
    const { steps, cuts } = await evidence.collect(request);
    expect([steps[0]!.control.units, cuts]).toEqual([0, null]);
    expect(await evidence.traffic(request)).toEqual({ growth: null, measures: {}, waits: {} });
  });
});

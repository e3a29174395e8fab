import { describe, expect, it } from "vitest";
import { HandClock } from "../../../test/contracts/control-store.contract.ts";
import { replay } from "../../core/rollout/apply-event.ts";
import { noSums, type RatioSums } from "../../core/rollout/ratio-sums.ts";
import { type ArmEvidence, noArm, type StepEvidence } from "../../core/rollout/stage-evidence.ts";
import type { VersionEntry } from "../../core/registry/registry-entries.ts";
import { MemoryControlStore } from "../control/memory-control-store.ts";
import type { ArtifactStore } from "../ports/artifact-store.ts";
import type { EvidenceRequest, RolloutEvidence } from "../ports/rollout-evidence.ts";
import { putModel, usualModel } from "../registry/models.ts";
import { changeRouting, firstChampion, routingState } from "../registry/routing.ts";
import { RolloutControl } from "./rollout-control.ts";
import { latestRollout, rolloutEvents } from "./rollout-document.ts";

const ann = { name: "ann", role: "approver" };
const release = {
  shadow: { least_units: 50, least: "1m" },
  shares: [0.1, 0.5],
  least_units: 50,
  least: "1m",
  settle: "1m",
  guardrails: { latency: false, answers: false },
};

/** A log that says what the test wants: units per arm, and of them those that met an error. */
class MadeEvidence implements RolloutEvidence {
  units = 0;
  errors = 0;
  fail = false;
  readonly asked: EvidenceRequest[] = [];

  collect(request: EvidenceRequest) {
    const { windows } = request;
    this.asked.push(request);
    if (this.fail) return Promise.reject(new Error("disk gone"));
    const steps = windows.map((window): StepEvidence => {
      const treated = Math.round(this.units * (window.share ?? 1));
      const left = window.share === null ? this.units : this.units - treated;
      const control = armOf("1", left, 0);
      return {
        position: window.position,
        cohort: window.cohort ?? "all",
        share: window.share,
        control,
        treatment: armOf("2", treated, this.errors),
      };
    });
    return Promise.resolve({ steps, cuts: null });
  }

  traffic() {
    return Promise.resolve({ growth: null, waits: {}, measures: {} });
  }
}

function armOf(version: string, units: number, errors: number): ArmEvidence {
  const sums: RatioSums = {
    ...noSums,
    n: units,
    hit: errors,
    full: errors,
    x: units,
    y: errors,
    xx: units,
    xy: errors,
    yy: errors,
  };
  return { ...noArm(version), units, requests: units, measures: { errors: sums, fallback: sums } };
}

async function open() {
  const clock = new HandClock();
  const store = new MemoryControlStore(clock);
  const plane = { store, clock, artifacts: {} as ArtifactStore };
  await store.change(ann, async (state) => {
    await putModel(state, usualModel("m"), ann, 0);
    for (const version of ["1", "2", "3"]) {
      const body = { model: "m", version, artifact: { kind: "constant", value: 1 }, created: 0, by: "ann" };
      await state.put<VersionEntry>({
        kind: "version",
        id: `m/${version}`,
        parent: "m",
        body: body as unknown as VersionEntry,
        action: "version.register",
      });
    }
    await firstChampion(state, "m", "1", "ann", "the first");
  });
  const evidence = new MadeEvidence();
  const told: string[] = [];
  const control = new RolloutControl({ plane, evidence, tell: (effect) => told.push(effect.text) });
  const live = async () => (await store.read(routingState)).models["m"]!;
  /** Time goes by, with looks each minute. */
  const minutes = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) {
      clock.time += 60_000;
      await control.tick();
    }
  };
  return { clock, store, plane, evidence, told, control, live, minutes };
}

const wish = { model: "m", challenger: "2", verdict: null, release, arms: {} };

describe("a release on the server", () => {
  it("goes from shadow through its shares to everyone, asking for what was not proven", async () => {
    const { control, live, minutes, evidence, store } = await open();
    await control.start(wish, ann, null);
    expect((await live()).shadows).toEqual([{ version: "2", sample: 1 }]);
    evidence.units = 100_000;
    await minutes(3);
    const asking = await control.view("m");
    expect(asking.document.state.phase).toBe("asking");
    expect((await live()).cohorts).toEqual([]);
    await control.command("m", { kind: "approve", evidence: asking.document.state.question!.evidence }, ann);
    expect((await live()).cohorts[0]!.arms).toEqual([{ version: "2", share: 0.1 }]);
    await minutes(2);
    expect((await live()).cohorts[0]!.arms).toEqual([{ version: "2", share: 0.5 }]);
    await minutes(6);
    expect(await live()).toMatchObject({ champion: "2", cohorts: [], shadows: [{ version: "1", sample: 1 }] });
    const kept = (await store.read((state) => latestRollout(state, "m")))!;
    expect(kept.body.state.phase).toBe("done");
    expect(replay(await store.read((state) => rolloutEvents(state, kept.id)))).toEqual(kept.body.state);
  });

  it("is where it was after the server died at any step, with the same routing", async () => {
    const { control, plane, live, minutes, evidence, clock, store } = await open();
    await control.start(wish, ann, null);
    evidence.units = 100_000;
    await minutes(3);
    for (let i = 0; i < 12; i++) {
      // Every look is made by a server that has just started, an hour later by the wall clock.
      const again = new RolloutControl({ plane, evidence, tell: () => undefined });
      clock.time += 3_600_000;
      await again.tick();
      clock.time += 61_000;
      await again.tick();
      const { document } = await again.view("m");
      const { question } = document.state;
      if (question !== null) await again.command("m", { kind: "approve", evidence: question.evidence }, ann);
      const kept = (await store.read((state) => latestRollout(state, "m")))!;
      expect(replay(await store.read((state) => rolloutEvents(state, kept.id)))).toEqual(kept.body.state);
    }
    expect((await control.view("m")).document.state.phase).toBe("done");
    expect((await live()).champion).toBe("2");
  });

  it("counts no time that the clock jumped, and goes nowhere without numbers", async () => {
    const { control, plane, evidence, clock } = await open();
    await control.start(wish, ann, null);
    evidence.units = 100_000;
    for (let i = 0; i < 5; i++) {
      clock.time += 86_400_000;
      // A process of its own each time: what it did not measure did not happen.
      await new RolloutControl({ plane, evidence, tell: () => undefined }).tick();
    }
    expect((await control.view("m")).document.state.phase).toBe("shadow");
    evidence.fail = true;
    for (let i = 0; i < 5; i++) {
      clock.time += 120_000;
      await control.tick();
    }
    const view = await control.view("m");
    expect(view.document.state.phase).toBe("shadow");
    expect(view.problem).toBe("the prediction log cannot be read: disk gone");
  });

  it.each([3_600_000, 86_400_000, 31_536_000_000, -3_600_000, -86_400_000, -31_536_000_000])(
    "goes on as if nothing were when the clock is set by %d ms, and finds the answers of the log again after that",
    async (set) => {
      const { control, minutes, evidence, clock } = await open();
      clock.set = set;
      const guardrails = { latency: false, answers: false, labels: { click: { margin: 0.1, better: "more" } } };
      const shadow = { least_units: 50, least: "10m" };
      await control.start({ ...wish, release: { ...release, shadow, guardrails } }, ann, null);
      clock.set = 0;
      evidence.units = 10;
      await minutes(2);
      expect(evidence.asked.at(-1)!.since).toBeLessThanOrEqual(clock.now());
      for (const to of [set, 0, -set]) {
        clock.set = to;
        await minutes(1);
        expect((await control.view("m")).document.state).toMatchObject({ phase: "shadow" });
        // Labels that should be there by a clock that jumped ahead are not missing yet.
        expect(evidence.asked.at(-1)!.now).toBeLessThanOrEqual(clock.time + Math.max(0, set));
      }
    },
  );

  it("rolls back by itself when errors come, and tells it", async () => {
    const { control, live, minutes, evidence, told } = await open();
    await control.start({ ...wish, release: { ...release, shadow: false } }, ann, "ann");
    expect((await live()).cohorts[0]!.arms).toEqual([{ version: "2", share: 0.1 }]);
    evidence.units = 300;
    evidence.errors = 25;
    await minutes(1);
    expect(await live()).toMatchObject({ champion: "1", cohorts: [] });
    expect(told.at(-1)).toMatch(/^m is back on version 1: errors: /);
    const again = await control.rollBack({ model: "m", to: null, cohort: null, reason: "3 a.m." }, ann);
    expect(again).toMatchObject({ changed: false, to: "1" });
  });

  it("rolls back by one command at once, to what was before or to any kept version, once", async () => {
    const { control, live, store } = await open();
    await control.start({ ...wish, release: { ...release, form: "blue-green", shadow: false } }, ann, "ann");
    expect((await live()).cohorts[0]!.arms).toEqual([{ version: "2", share: 1 }]);
    const back = { model: "m", to: null, cohort: null, reason: "wrong answers" };
    expect(await control.rollBack(back, ann)).toMatchObject({ changed: true, from: "1 and 2", to: "1" });
    expect(await control.rollBack(back, ann)).toMatchObject({ changed: false });
    expect(await live()).toMatchObject({ champion: "1", cohorts: [] });
    const { revision } = await store.read(routingState);
    expect(await control.rollBack({ ...back, to: "3" }, ann)).toMatchObject({ changed: true, to: "3" });
    expect((await store.read(routingState)).revision).toBe(revision + 1);
    expect((await live()).champion).toBe("3");
    await expect(control.rollBack({ ...back, to: "7" }, ann)).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it("is no way forward: the version that is being let out is not put live by the brake, nor ended where it is", async () => {
    const { control, live } = await open();
    await control.start({ ...wish, release: { ...release, shadow: false } }, ann, "ann");
    const forward = { model: "m", to: "2", cohort: null, reason: "mistyped" };
    await expect(control.rollBack(forward, ann)).rejects.toMatchObject({
      code: "CONFLICT",
      message: expect.stringContaining("is the one that is being released"),
      mend: [expect.stringContaining("umpire rollback m"), expect.stringContaining("umpire release advance m")],
    });
    expect(await live()).toMatchObject({ champion: "1", cohorts: [{ arms: [{ version: "2", share: 0.1 }] }] });
    await control.rollBack({ ...forward, to: null }, ann);
    await control.start({ ...wish, release: { ...release, form: "blue-green", shadow: false } }, ann, "ann");
    expect(await control.rollBack(forward, ann)).toMatchObject({ changed: false, to: "2" });
    expect((await control.view("m")).document.state.phase).toBe("stage");
    const never = await control.rollBack({ ...forward, to: "3" }, ann);
    expect(never.follows).toContain("version 3 never answered everyone before: it is new to most of them");
  });

  it("goes back to what answered before where the routing was changed by hand", async () => {
    const { control, live, store } = await open();
    await expect(control.rollBack({ model: "m", to: null, cohort: null, reason: "x" }, ann)).rejects.toMatchObject({
      code: "CONFLICT",
      message: `nothing answered for "m" before version 1`,
    });
    await store.change(ann, async (state) => {
      const routing = (await routingState(state)).models["m"]!;
      await changeRouting(state, {
        model: "m",
        routing: { ...routing, champion: "2" },
        reason: "by hand",
        by: "ann",
        rollout: null,
      });
    });
    await control.rollBack({ model: "m", to: null, cohort: null, reason: "x" }, ann);
    expect(await live()).toMatchObject({ champion: "1", fallback: ["2"] });
    // Whoever types it twice must not be brought forward again to what was just left.
    const twice = await control.rollBack({ model: "m", to: null, cohort: null, reason: "x" }, ann);
    expect(twice).toMatchObject({ changed: false, to: "1" });
    expect(await live()).toMatchObject({ champion: "1", fallback: ["2"] });
  });

  it("runs one release of a model at a time, and refuses a sign-off for evidence that has changed", async () => {
    const { control, minutes, evidence } = await open();
    await control.start(wish, ann, null);
    await expect(control.start(wish, ann, null)).rejects.toMatchObject({ code: "CONFLICT" });
    evidence.units = 100_000;
    await minutes(3);
    await expect(control.command("m", { kind: "approve", evidence: "0".repeat(64) }, ann)).rejects.toThrow(
      /the evidence has changed since/,
    );
  });

  it("splits an A/B test as it was asked, and ends it only by a person", async () => {
    const { control, live, minutes, evidence } = await open();
    await control.start(
      {
        ...wish,
        release: { form: "ab", shares: [0.3], least: "1m", guardrails: { latency: false, answers: false } },
        arms: { "3": 0.3 },
      },
      ann,
      "ann",
    );
    expect((await live()).cohorts[0]!.arms).toEqual([
      { version: "2", share: 0.3 },
      { version: "3", share: 0.3 },
    ]);
    evidence.units = 100_000;
    await minutes(5);
    expect((await control.view("m")).document.state).toMatchObject({ phase: "asking", question: { kind: "approval" } });
  });
});

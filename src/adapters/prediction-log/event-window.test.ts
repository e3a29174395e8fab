import { appendFileSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createRandom } from "../../core/statistics/random.ts";
import { simulatedGuardrails } from "../../core/rollout/simulated-traffic.ts";
import { EventWindow } from "./event-window.ts";
import { createRolloutEvidence } from "./rollout-evidence.ts";
import { rotateSegments } from "./rotate-segments.ts";

const label = simulatedGuardrails.find((guardrail) => guardrail.label !== null)!.label!;
const request = {
  model: "m",
  champion: "1",
  challenger: "2",
  since: 1000,
  now: null,
  guardrails: simulatedGuardrails,
  cuts: null,
  windows: [{ position: { stage: 0, step: 0 }, cohort: "young", share: 0.1, spared: 1 }],
};
const shadow = { ...request, windows: [{ position: { stage: -1, step: 0 }, cohort: null, share: null, spared: 1 }] };

function lineOf(random: ReturnType<typeof createRandom>, n: number): string {
  const kind = random.next();
  // What is said of an answer may come before it.
  const about = kind < 0.9 ? random.nextBelow(n + 20) : Math.max(0, n - 20) + random.nextBelow(40);
  const id = `p${kind < 0.6 ? n : about}`;
  const at = 900 + 2 * n;
  if (kind >= 0.9) {
    const said = {
      version: "2",
      prediction: random.next(),
      milliseconds: 1,
      error: random.next() < 0.1 ? "boom" : null,
    };
    return JSON.stringify({ kind: "shadow", id, at, model: "m", ...said });
  }
  if (kind >= 0.6) return JSON.stringify({ kind: "label", id, name: label, label: random.nextBelow(2), time: at, at });
  const treated = random.next() < 0.1;
  return JSON.stringify({
    kind: "prediction",
    id,
    at,
    model: random.next() < 0.8 ? "m" : "other",
    version: treated ? "2" : "1",
    routed: treated ? "2" : "1",
    cohort: "young",
    arm: treated ? "challenger" : "champion",
    propensity: treated ? 0.1 : 0.9,
    unit: `u${random.nextBelow(100)}`,
    prediction: random.next(),
    milliseconds: 1 + random.next(),
    fallback: random.next() < 0.05 ? "error" : null,
  });
}

it.each([
  ["of a stage", request],
  ["of a shadow", shadow],
])(
  "look by look, through live, closed and rotated segments, the sums %s are those of the whole log",
  async (_, asked) => {
    const folder = mkdtempSync(join(tmpdir(), "umpire-window-test-"));
    for (const part of ["live", "closed"]) mkdirSync(join(folder, part));
    const random = createRandom(5);
    const incremental = createRolloutEvidence(folder, 0);
    const live = (): string => join(folder, "live", `${segment}-host-1-0.jsonl`);
    let segment = 1;
    let written = 0;
    let torn = "";
    try {
      for (let look = 0; look < 14; look++) {
        const lines = Array.from({ length: 40 + random.nextBelow(80) }, () => lineOf(random, written++)).join("\n");
        // A look may come while a line is half written.
        const cut = lines.length - random.nextBelow(60);
        appendFileSync(live(), torn + lines.slice(0, cut));
        torn = `${lines.slice(cut)}\n`;
        if (look % 3 === 1) await incremental.collect(asked);
        if (look % 3 === 2) {
          appendFileSync(live(), torn);
          torn = "";
          renameSync(live(), join(folder, "closed", `${segment}-host-1-0.jsonl`));
          segment++;
        }
        if (look % 5 === 4) await rotateSegments(folder);
        // Another one begins with this look, and reads everything.
        const whole = await createRolloutEvidence(folder).collect(asked);
        const found = await incremental.collect(asked);
        // Nothing has come since: the same again.
        expect(await incremental.collect(asked)).toBe(found);
        expect(close(found)).toEqual(close(whole));
      }
      expect((await incremental.collect(asked)).steps[0]!.treatment.units).toBeGreaterThan(9);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);

it("reads only what is new", async () => {
  const folder = mkdtempSync(join(tmpdir(), "umpire-window-test-"));
  mkdirSync(join(folder, "live"));
  const path = join(folder, "live", "1-host-1-0.jsonl");
  const line = (id: string): string => `${JSON.stringify({ kind: "prediction", id, at: 2000, model: "m" })}\n`;
  const window = await EventWindow.open(folder, { model: "m", since: 1000, labels: [] });
  try {
    expect(await window.refresh()).toBe(0);
    appendFileSync(path, line("a") + line("b"));
    expect(await window.refresh()).toBe(2);
    expect(await window.refresh()).toBe(0);
    appendFileSync(path, line("c"));
    expect(await window.refresh()).toBe(1);
    mkdirSync(join(folder, "closed"));
    renameSync(path, join(folder, "closed", "1-host-1-0.jsonl"));
    expect(await window.refresh()).toBe(0);
    await rotateSegments(folder);
    expect(await window.refresh()).toBe(0);
  } finally {
    window.close();
    rmSync(folder, { recursive: true, force: true });
  }
});

/** Sums of floats may be added in another order. */
function close(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_key, one: unknown) => (typeof one === "number" ? Number(one.toPrecision(10)) : one)),
  );
}

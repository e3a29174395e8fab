/**
 * Milliseconds of looks at a running rollout. `begin`: the first, which reads the whole log; `next`: the median of those
 * that follow, each with a thousand new answers and their labels.
 */
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRolloutEvidence } from "../../src/adapters/prediction-log/rollout-evidence.ts";
import type { Guardrail } from "../../src/core/rollout/release-policy.ts";
import { usualGuardrails } from "../../src/core/rollout/release-policy.ts";
import { createRandom } from "../../src/core/statistics/random.ts";
import { ANSWERS, linesOf, makeLog, STARTED } from "./make-log.ts";

const folder = mkdtempSync(join(tmpdir(), "umpire-bench-look-"));
cpSync(makeLog(), folder, { recursive: true });
const quality: Guardrail = {
  name: "loss",
  measure: "quality",
  label: "paid",
  loss: "log",
  direction: -1,
  margin: 0.02,
  most: null,
};
const asked = {
  model: "m",
  champion: "1",
  challenger: "2",
  since: STARTED,
  now: STARTED + 6 * 86_400_000,
  guardrails: [...usualGuardrails, quality],
  windows: [{ position: { stage: 0, step: 0 }, cohort: "all", share: 0.5, spared: 1 }],
};
const evidence = createRolloutEvidence(folder);
const times: number[] = [];
let cuts = null;
let next = ANSWERS;
const random = createRandom(8);
mkdirSync(join(folder, "live"));
for (let look = 0; look < (process.argv[2] === "begin" ? 1 : 8); look++) {
  const started = performance.now();
  ({ cuts } = await evidence.collect({ ...asked, cuts }));
  times.push(performance.now() - started);
  const news = Array.from({ length: 1000 }, () => linesOf(next++, random)).flat();
  appendFileSync(join(folder, "live", "99-host-1-0.jsonl"), `${news.join("\n")}\n`);
}
rmSync(folder, { recursive: true });
const counted = times.length === 1 ? times : times.slice(1);
const milliseconds = counted.toSorted((a, b) => a - b)[counted.length >> 1]!;
process.stdout.write(`${JSON.stringify({ milliseconds })}\n`);
process.exit(0);

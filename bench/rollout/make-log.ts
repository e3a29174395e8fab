import { closeSync, existsSync, mkdirSync, openSync, renameSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRandom } from "../../src/core/statistics/random.ts";

export const STARTED = Date.parse("2026-11-20T00:00:00Z");
export const ANSWERS = 1_000_000;
const SEGMENT = 100_000;

/** A gateway's log of a million answers of two arms in five days, with labels for half of them. */
export function makeLog(): string {
  const folder = join(tmpdir(), "umpire-bench-rollout-1");
  if (existsSync(folder)) return folder;
  const made = `${folder}.${process.pid}`;
  mkdirSync(join(made, "closed"), { recursive: true });
  const random = createRandom(7);
  for (let from = 0; from < ANSWERS; from += SEGMENT) {
    const file = openSync(join(made, "closed", `${1 + from / SEGMENT}-host-1-0.jsonl`), "w");
    const lines = Array.from({ length: SEGMENT }, (_, i) => linesOf(from + i, random));
    writeSync(file, `${lines.flat().join("\n")}\n`);
    closeSync(file);
  }
  renameSync(made, folder);
  return folder;
}

/** An answer as the gateway logs it, and perhaps its label. */
export function linesOf(n: number, random: ReturnType<typeof createRandom>): string[] {
  const version = random.next() < 0.5 ? "2" : "1";
  const at = STARTED + Math.floor((n / ANSWERS) * 5 * 86_400_000);
  const routed = { version, routed: version, cohort: "all", arm: version === "2" ? "2" : "champion", propensity: 0.5 };
  const answer = { prediction: random.next(), milliseconds: 1 + random.next(), fallback: null, door: "records" };
  const unit = `u${random.nextBelow(ANSWERS / 4)}`;
  const raw = { age: 40, region: "north" };
  const line = JSON.stringify({ kind: "prediction", id: `p${n}`, at, model: "m", ...routed, unit, raw, ...answer });
  if (random.next() < 0.5) return [line];
  const label = { name: "paid", label: random.nextBelow(2), time: at + 1000, at: at + 1000 };
  return [line, JSON.stringify({ kind: "label", id: `p${n}`, ...label })];
}

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setAlias } from "../../src/app/registry/aliases.ts";
import { changeRouting, routingState } from "../../src/app/registry/routing.ts";
import { registerVersion } from "../../src/app/registry/versions.ts";
import { plainRouting } from "../../src/core/serving/routing-state.ts";
import type { Clock } from "../../src/app/ports/clock.ts";
import type { ServerWatch } from "../../src/app/watch/server-watch.ts";
import { type OpenControlPlane, openControlPlane } from "../../src/composition/control-plane.ts";
import { openServerWatch } from "../../src/composition/server-watch.ts";
import { createRandom } from "../../src/core/statistics/random.ts";

export const DAY = 86_400_000;
/** Noon, so that a day more or less is a day. */
export const NOW = Date.parse("2026-11-20T12:00:00Z");
export const ann = { name: "ann", role: "admin" };

/** A clock that stands until it is moved, which is time that passes; or it is set, which is none. */
export class StandingClock implements Clock {
  #wall = NOW;
  #passed = 0;
  now = (): number => this.#wall;
  monotonic = (): number => performance.now() + this.#passed;

  get time(): number {
    return this.#wall;
  }

  set time(wall: number) {
    this.#passed += Math.max(0, wall - this.#wall);
    this.#wall = wall;
  }

  jump(milliseconds: number): void {
    this.#wall += milliseconds;
  }
}

export interface Watched {
  readonly plane: OpenControlPlane;
  readonly watch: ServerWatch;
  readonly clock: StandingClock;
  readonly bugs: unknown[];
  close(): Promise<void>;
}

/** The watch of a real server on the folder's `umpire.yaml` and `predictions`, by a clock in the hand. */
export async function openWatched(
  folder: string,
  clock = new StandingClock(),
  policies: readonly string[] = ["umpire.yaml"],
): Promise<Watched> {
  const bugs: unknown[] = [];
  const onBug = (error: unknown): void => void bugs.push(error);
  const stateFolder = join(folder, "state");
  const plane = await openControlPlane(stateFolder, "test", onBug, clock);
  const log = join(folder, "predictions");
  const options = { policies, log, workingDirectory: folder, stateFolder, onBug };
  const watch = await openServerWatch(plane, options);
  await watch.recover();
  const close = async (): Promise<void> => {
    await watch.stop();
    await plane.close();
  };
  return { plane, watch, clock, bugs, close };
}

/** Registers a version that answers by a constant, and makes it the champion. @returns its name */
export async function registerChampion({ plane }: Watched, model: string, value = 0.5): Promise<string> {
  const configuration = {
    hyperparameters: {},
    threshold: null,
    features: [],
    trainingPeriod: null,
    data: [],
    commit: null,
    environment: {},
    run: null,
    parent: null,
    note: null,
  };
  const wish = { model, version: null, artifact: { kind: "constant", value } as const, configuration };
  const { version } = await registerVersion(plane, wish, ann);
  const name = version.body.version;
  await plane.store.change(ann, async (state) => {
    const isFirst = (await routingState(state)).models[model] === undefined;
    if (isFirst) return void (await setAlias(state, model, "champion", name, ann));
    const routing = plainRouting(name);
    await changeRouting(state, { model, routing, reason: "for the test", by: ann.name, rollout: null });
  });
  return name;
}

export interface Past {
  readonly model: string;
  readonly version: string;
  readonly days: number;
  readonly perDay: number;
  /** Name of the label; by default none is given. */
  readonly label?: string;
  /** Mean days until a label comes. */
  readonly late: number;
  /** Labels come for hits alone. */
  readonly positivesOnly?: boolean;
  /** From this many days ago on, labels of cohort b have nothing to do with the answers. */
  readonly brokenSince?: number;
  /** From so many days ago to so many: the people are 25 years older. */
  readonly older?: readonly [number, number];
  readonly seed?: number;
}

/** Writes a log of the last days: answers of a version in two cohorts, and the labels that have come by now. */
export function writePast(folder: string, past: Past): { predictions: number; labels: number } {
  const random = createRandom(past.seed ?? 1);
  const lines: string[] = [];
  let labels = 0;
  for (let day = past.days; day > 0; day--) {
    for (let i = 0; i < past.perDay; i++) {
      const at = NOW - (day - i / past.perDay) * DAY;
      const id = `p${day}-${i}`;
      const cohort = random.next() < 0.4 ? "b" : "a";
      const score = random.next();
      const broken = cohort === "b" && past.brokenSince !== undefined && day <= past.brokenSince;
      const hit = random.next() < (broken ? 0.5 : score) ? 1 : 0;
      lines.push(
        JSON.stringify({
          kind: "prediction",
          id,
          key: null,
          request: id,
          at,
          time: null,
          model: past.model,
          version: past.version,
          routed: past.version,
          cohort: "all",
          arm: "champion",
          propensity: 1,
          unit: `u${random.nextBelow(5000)}`,
          group: null,
          item: null,
          raw: { cohort, age: 18 + random.nextBelow(60) + (isOlder(past, day) ? 25 : 0) },
          prepared: null,
          context: null,
          prediction: score,
          milliseconds: 1,
          fallback: null,
          marks: [],
          overrides: [],
          door: "records",
        }),
      );
      const time = at - past.late * DAY * Math.log(1 - random.next());
      if (time > NOW || (past.positivesOnly === true && hit === 0)) continue;
      labels++;
      const given = { key: null, item: null, model: null, name: past.label ?? "label", source: null };
      lines.push(JSON.stringify({ kind: "label", id, label: hit, time, at: time, ...given }));
    }
  }
  const closed = join(folder, "predictions", "closed");
  mkdirSync(closed, { recursive: true });
  writeFileSync(join(closed, `0-${past.version}.jsonl`), `${lines.join("\n")}\n`);
  return { predictions: past.days * past.perDay, labels };
}

function isOlder({ older }: Past, day: number): boolean {
  return older !== undefined && day <= older[0] && day >= older[1];
}

/** Test data of the same world, before anything broke. */
export function referenceCsv(rows = 4000): string {
  const random = createRandom(77);
  const lines = ["id,user,cohort,age,label,score"];
  for (let i = 0; i < rows; i++) {
    const score = random.next();
    const label = random.next() < score ? 1 : 0;
    lines.push([i, `u${i}`, random.next() < 0.4 ? "b" : "a", 18 + random.nextBelow(60), label, score].join(","));
  }
  return `${lines.join("\n")}\n`;
}

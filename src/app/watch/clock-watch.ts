import type { Signal } from "../../core/alerts/alert.ts";
import { timeWords } from "../../core/report/time-words.ts";
import { spanText } from "../../core/rollout/guardrail-check.ts";
import { SteadyTime } from "../control/steady-time.ts";
import type { Clock } from "../ports/clock.ts";
import type { ControlStore } from "../ports/control-store.ts";

/** What a clock is set by to keep the time; more is a jump. */
const LEAST_JUMP = 60_000;

/** Notices when the machine's clock is set, and when it is behind what the trail holds already. */
export class ClockWatch {
  readonly #store: ControlStore;
  readonly #clock: Clock;
  #steady: SteadyTime;
  #first = true;

  constructor(store: ControlStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
    this.#steady = new SteadyTime(clock);
  }

  /** What happened since the last look; at the first, against the newest entry of the trail. */
  async look(): Promise<readonly Signal[]> {
    const behind = this.#first ? await this.#behindTrail() : 0;
    this.#first = false;
    const since = this.#steady.jumped();
    const jumped = Math.abs(since) < LEAST_JUMP ? behind : since;
    if (Math.abs(jumped) < LEAST_JUMP) return [];
    this.#steady = new SteadyTime(this.#clock);
    const how = jumped > 0 ? "jumped ahead" : "went back";
    const slept = jumped > 0 ? ", or the machine slept: it is" : ", to";
    const message = `the server's clock ${how} by ${spanText(Math.abs(jumped))}${slept} ${timeWords(new Date(this.#clock.now()).toISOString())}`;
    const actions = ["date -u", "umpire status"];
    return [{ key: "server:clock", severity: "warning", model: "", owner: null, message, actions }];
  }

  async #behindTrail(): Promise<number> {
    const [newest] = await this.#store.read((state) => state.audit({ newestFirst: true, limit: 1 }));
    return newest === undefined ? 0 : Math.min(0, this.#clock.now() - newest.time);
  }
}

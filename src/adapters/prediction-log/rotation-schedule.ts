import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { SteadyTime } from "../../app/control/steady-time.ts";
import type { Clock } from "../../app/ports/clock.ts";

/** Rotates closed segments in a child process, one at a time, when a segment is closed and every hour. */
export class RotationSchedule {
  readonly #folder: string;
  readonly #retentionDays: number | null;
  readonly #time: SteadyTime;
  readonly #timer: NodeJS.Timeout;
  #running: Promise<void> | null = null;
  #again = false;
  #closed = false;
  /** How the last rotation ended; null where it went well. */
  problem: string | null = null;

  constructor(folder: string, retentionDays: number | null, clock: Clock) {
    this.#time = new SteadyTime(clock);
    this.#folder = folder;
    this.#retentionDays = retentionDays;
    this.#timer = setInterval(() => this.start(), 3_600_000);
    this.#timer.unref();
  }

  start(): void {
    if (this.#closed) return;
    if (this.#running !== null) {
      this.#again = true;
      return;
    }
    this.#running = this.#run().finally(() => {
      this.#running = null;
      if (!this.#again) return;
      this.#again = false;
      this.start();
    });
  }

  #run(): Promise<void> {
    const file = import.meta.url.endsWith(".ts") ? "./rotation-child.ts" : "./rotation-child.js";
    const path = fileURLToPath(new URL(file, import.meta.url));
    // Days are removed when their time has surely come: a clock that jumps a year ahead removes nothing.
    const retention = this.#retentionDays === null ? [] : [String(this.#retentionDays), String(this.#time.surely())];
    return new Promise((resolve) => {
      const child = fork(path, [this.#folder, ...retention], {
        stdio: ["ignore", "ignore", "pipe", "ipc"],
      });
      let said = "";
      child.stderr?.on("data", (chunk: Buffer) => (said = (said + chunk.toString("utf8")).slice(-2000)));
      child.on("error", (error) => {
        this.problem = error.message;
        resolve();
      });
      child.on("exit", (code) => {
        this.problem = code === 0 ? null : `rotation ended with ${code}: ${said.trim().split("\n").at(-1) ?? ""}`;
        resolve();
      });
    });
  }

  /** No rotation is begun any more; one that runs is waited for. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#closed = true;
    this.#again = false;
    await this.#running;
  }
}

import { Failure } from "../../core/failures.ts";
import { nearest } from "../../core/nearest.ts";
import { nameProblem } from "../../core/registry/names.ts";
import { notFound } from "../control/state-transaction.ts";
import type { Clock } from "../ports/clock.ts";
import type { Actor, ControlStore } from "../ports/control-store.ts";
import type { Timetable } from "../ports/timetable.ts";
import { firstTime } from "./first-time.ts";
import type { ScheduleEntry, ScheduleProgress, ScheduleRun } from "./schedule-entries.ts";

/** Does the work of a schedule. @returns a sentence on what was done */
export type ScheduledJob = (entry: ScheduleEntry, signal: AbortSignal) => Promise<string>;

export interface SchedulerParts {
  readonly store: ControlStore;
  readonly clock: Clock;
  readonly timetable: Timetable;
  readonly jobs: ReadonlyMap<string, ScheduledJob>;
  readonly onBug: (error: unknown) => void;
}

export interface ScheduleView {
  readonly entry: ScheduleEntry;
  readonly progress: ScheduleProgress | null;
  readonly next: number | null;
}

const SELF: Actor = { name: "scheduler", role: "system" };
/** Counting the due times of a long downtime ends here. */
const MOST_COUNTED = 1000;

/**
 * Runs jobs when they are due: what fell into a downtime once, and never beside itself. A clock that was set back makes
 * nothing run twice; one that jumped ahead makes it run once.
 */
export class Scheduler {
  readonly #parts: SchedulerParts;
  readonly #running = new Map<string, Promise<void>>();
  readonly #stop = new AbortController();

  constructor(parts: SchedulerParts) {
    this.#parts = parts;
  }

  /** Marks what was running when the server ended last. Called once, before the first tick. */
  async recover(): Promise<void> {
    await this.#parts.store.change(SELF, async (state) => {
      for (const { id, body } of await state.list<ScheduleProgress>("schedule-progress")) {
        if (body.run?.outcome !== "running") continue;
        const message = "the server ended while it ran";
        const run: ScheduleRun = { ...body.run, outcome: "interrupted", message };
        const next: ScheduleProgress = { ...body, run };
        await state.put({ kind: "schedule-progress", id, body: next, action: "schedule.interrupted" });
      }
    });
  }

  /** Starts what is due. Called every few seconds; does not wait for what it starts. */
  async tick(): Promise<void> {
    const views = await this.list();
    const now = this.#parts.clock.now();
    for (const view of views) {
      if (!view.entry.enabled || this.#running.has(view.entry.name) || this.#stop.signal.aborted) continue;
      const settled = view.progress?.settled ?? now;
      // Ahead of now: the clock was set back since.
      const from = Math.min(settled, now);
      const due = this.#dueTimes(view.entry, from, now);
      if (due > 0) await this.#start(view.entry, due, SELF);
      else if (view.progress === null || settled > now) await this.#settle(view.entry.name, now);
    }
  }

  /** Runs a schedule now. @throws Failure NOT_FOUND, CONFLICT where it runs already */
  async runNow(name: string, by: Actor): Promise<void> {
    const found = (await this.list()).find((view) => view.entry.name === name);
    if (found === undefined) throw await this.#parts.store.read((state) => notFound(state, "schedule", name));
    if (this.#running.has(name)) {
      throw new Failure("CONFLICT", { message: `"${name}" is running already`, mend: ["wait for it to end"] });
    }
    await this.#start(found.entry, 1, by);
  }

  /** @throws Failure USAGE */
  async put(entry: Omit<ScheduleEntry, "by">, by: Actor): Promise<ScheduleView> {
    const { clock, timetable, jobs, store } = this.#parts;
    const problem = nameProblem(entry.name);
    if (problem !== null) throw new Failure("USAGE", { where: "name", message: problem });
    const now = clock.now();
    refuseUnknownZone(entry.timeZone);
    const next = firstTime(timetable, entry.cron, entry.timeZone, now);
    if (!jobs.has(entry.job)) {
      const near = nearest(entry.job, jobs.keys());
      throw new Failure("USAGE", {
        where: "job",
        message: `there is no job "${entry.job}"`,
        mend: [near.length > 0 ? `nearest: ${near.join(", ")}` : `jobs: ${[...jobs.keys()].join(", ")}`],
      });
    }
    const body: ScheduleEntry = { ...entry, by: by.name };
    const progress: ScheduleProgress = { settled: now, run: null };
    await store.change(by, async (state) => {
      await state.put({ kind: "schedule", id: entry.name, body, action: "schedule.put" });
      const before = await state.get<ScheduleProgress>("schedule-progress", entry.name);
      const kept = { ...progress, run: before?.body.run ?? null };
      await state.put({ kind: "schedule-progress", id: entry.name, body: kept, action: "schedule.settle" });
    });
    return { entry: body, progress, next: entry.enabled ? next : null };
  }

  /** @throws Failure NOT_FOUND */
  remove(name: string, by: Actor): Promise<void> {
    return this.#parts.store.change(by, async (state) => {
      await state.delete("schedule", name, { action: "schedule.delete" });
      if ((await state.get("schedule-progress", name)) !== null) {
        await state.delete("schedule-progress", name, { action: "schedule.delete" });
      }
    });
  }

  list(): Promise<ScheduleView[]> {
    const { store, clock, timetable } = this.#parts;
    const now = clock.now();
    return store.read(async (state) => {
      const views: ScheduleView[] = [];
      for (const { body: entry } of await state.list<ScheduleEntry>("schedule")) {
        const progress = (await state.get<ScheduleProgress>("schedule-progress", entry.name))?.body ?? null;
        const next = entry.enabled ? timetable.next(entry.cron, entry.timeZone, now) : null;
        views.push({ entry, progress, next });
      }
      return views;
    });
  }

  /** Asks what runs to end, and waits for it. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#running.values());
  }

  #dueTimes({ cron, timeZone }: ScheduleEntry, from: number, now: number): number {
    let count = 0;
    let time = this.#parts.timetable.next(cron, timeZone, from);
    while (time !== null && time <= now && count < MOST_COUNTED) {
      count += 1;
      time = this.#parts.timetable.next(cron, timeZone, time);
    }
    return count;
  }

  /** Written down before it starts: a server that is killed in the middle does not do it again and again. */
  async #start(entry: ScheduleEntry, dueTimes: number, by: Actor): Promise<void> {
    const started = this.#parts.clock.now();
    const run: ScheduleRun = { started, finished: null, outcome: "running", message: "", dueTimes };
    const written = this.#write(entry.name, { settled: started, run }, "schedule.start", by);
    // Taken at once, so that nothing else starts it while it is being written.
    const performed = written.then(
      () => this.#perform(entry, run),
      () => void this.#running.delete(entry.name),
    );
    this.#running.set(entry.name, performed);
    await written;
  }

  async #perform(entry: ScheduleEntry, run: ScheduleRun): Promise<void> {
    const { jobs, clock, onBug } = this.#parts;
    let outcome: ScheduleRun["outcome"] = "done";
    let message = "";
    try {
      const job = jobs.get(entry.job);
      if (job === undefined) throw new Failure("NOT_SUPPORTED", { message: `this server has no job "${entry.job}"` });
      message = await job(entry, this.#stop.signal);
    } catch (error) {
      outcome = this.#stop.signal.aborted ? "interrupted" : "failed";
      message = error instanceof Error ? error.message : String(error);
      if (!(error instanceof Failure)) onBug(error);
    }
    try {
      const finished: ScheduleRun = { ...run, finished: clock.now(), outcome, message };
      await this.#write(entry.name, { settled: run.started, run: finished }, "schedule.end", SELF);
    } catch (error) {
      onBug(error);
    } finally {
      this.#running.delete(entry.name);
    }
  }

  #settle(name: string, settled: number): Promise<void> {
    return this.#parts.store.change(SELF, async (state) => {
      const before = await state.get<ScheduleProgress>("schedule-progress", name);
      const body: ScheduleProgress = { settled, run: before?.body.run ?? null };
      await state.put({ kind: "schedule-progress", id: name, body, action: "schedule.settle" });
    });
  }

  #write(name: string, body: ScheduleProgress, action: string, by: Actor): Promise<void> {
    return this.#parts.store.change(by, async (state) => {
      // Deleted while it ran: nothing to write down.
      if ((await state.get("schedule", name)) === null) return;
      const { outcome = null, message = "", dueTimes = 0 } = body.run ?? {};
      await state.put({
        kind: "schedule-progress",
        id: name,
        body,
        action,
        detail: { outcome, reason: message, dueTimes },
      });
    });
  }
}

/** @throws Failure USAGE with the nearest names */
function refuseUnknownZone(timeZone: string): void {
  try {
    new Intl.DateTimeFormat("en", { timeZone });
  } catch (cause) {
    const near = nearest(timeZone, ["UTC", ...Intl.supportedValuesOf("timeZone")]);
    throw new Failure("USAGE", {
      where: "timeZone",
      message: `there is no time zone "${timeZone}"`,
      mend: [near.length > 0 ? `nearest: ${near.join(", ")}` : "as Europe/Berlin or UTC"],
      cause,
    });
  }
}

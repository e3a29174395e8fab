import { Failure } from "../../core/failures.ts";
import { decideRetraining } from "../../core/retraining/triggers.ts";
import type { Actor } from "../ports/control-store.ts";
import type { Timetable } from "../ports/timetable.ts";
import type { Retraining } from "../../schemas/retraining/parse-retraining.ts";
import type { TableReader } from "../ports/table-reader.ts";
import { SerialQueue } from "../control/serial-queue.ts";
import { putModel, usualModel } from "../registry/models.ts";
import { ClockWatch } from "./clock-watch.ts";
import { lookAtModel } from "./look-at-model.ts";
import type { LookEntry } from "./look-entry.ts";
import { type ModelWatch, noPolicy } from "./model-watch.ts";
import type { RetrainingEntry } from "./retraining-entry.ts";
import { labelledSince, retrainingFacts } from "./retraining-facts.ts";
import { keepRetraining, retrainModel } from "./retrain-model.ts";
import { runWords, tellReviewer } from "./tell-reviewer.ts";
import { RETRAINER, type RetrainTools } from "./retrain-tools.ts";
import type { WatchedModel } from "./watched-model.ts";

export interface ServerWatchTools extends Omit<RetrainTools, "signal"> {
  readonly reader: TableReader;
  readonly scratch: (name: string) => string;
  readonly newRun: () => string;
  readonly timetable: Timetable;
  readonly onBug: (error: unknown) => void;
}

/** A watch that works by itself once it is begun. */
export interface ServerWatch extends ModelWatch {
  /** Ends what a server that died had begun; call it before the first tick. */
  recover(): Promise<void>;
  /** Looks at what is due, decides on retrainings, delivers notices. Never throws; ticks do not overlap. */
  tick(): Promise<void>;
  /** Waits for the retraining under way; null: none is. */
  underWay(): Promise<unknown> | null;
  stop(): Promise<void>;
}

const HOUR = 3_600_000;
const WEEK = 168 * HOUR;
const SERVER: Actor = { name: "server", role: "system" };

/**
 * The server's loop over its models. One look and one retraining run at a time: they read whole logs and train models,
 * and the machine has other things to do.
 */
export function createServerWatch(watched: readonly WatchedModel[], tools: ServerWatchTools): ServerWatch {
  const { plane, alerts } = tools;
  const stopped = new AbortController();
  const byName = new Map(watched.map((one) => [one.model, one]));
  const counts = new Map<string, { readonly since: number; readonly at: number; readonly rows: number | null }>();
  const clocks = new ClockWatch(plane.store, plane.clock);
  /** When the runs of this process began, by a clock that never jumps: no limit is passed because a clock did. */
  const began = new Map<string, number>();
  let ticking: Promise<void> | null = null;
  let looking: Promise<unknown> = Promise.resolve();
  let training: Promise<unknown> | null = null;
  const telling = new Set<Promise<unknown>>();
  const decisions = new SerialQueue();

  const of = (model: string): WatchedModel => {
    const found = byName.get(model);
    if (found === undefined) throw noPolicy(model, [...byName.keys()]);
    return found;
  };

  /** A schedule is due when one of its times has come since the last run, or the champion; missed ones count once. */
  const isDue = (schedule: Retraining["schedule"], since: number, now: number): boolean => {
    if (schedule === null || since === 0) return false;
    const next = tools.timetable.next(schedule.cron, schedule.timeZone, since);
    return next !== null && next <= now;
  };

  const look = (one: WatchedModel): Promise<LookEntry> => {
    const mine = looking.then(() => lookAtModel(one.model, { plane, alerts, work: tools.work }));
    looking = mine.catch(() => undefined);
    return mine;
  };

  /** Counting reads the whole log, so a count holds for an hour. */
  const countedRows = async (one: WatchedModel, since: number, now: number): Promise<number | null> => {
    const known = counts.get(one.model);
    if (known !== undefined && known.since === since && Math.abs(now - known.at) < HOUR) return known.rows;
    const rows = await labelledSince(one, since, now, tools.reader, tools.scratch);
    counts.set(one.model, { since, at: now, rows });
    return rows;
  };

  /** One decision at a time: what one began holds back the next, however close they come. */
  const begin = (one: WatchedModel, asker: Actor | null): Promise<RetrainingEntry | string> =>
    decisions.run(() => decide(one, asker));

  const decide = async (one: WatchedModel, asker: Actor | null): Promise<RetrainingEntry | string> => {
    const { retraining, model } = one;
    if (retraining === null) {
      throw new Failure("POLICY", { where: one.onDisk.name, message: "the policy has no retrain section" });
    }
    const now = plane.clock.now();
    const alarms = await alerts.list();
    const begun = (run: string): number | null => {
      const at = began.get(run);
      return at === undefined ? null : now - (plane.clock.monotonic() - at);
    };
    const known = await plane.store.read((state) => retrainingFacts(state, model, alarms, now, begun));
    // What lies ahead is of a clock that was set back since. So little is waited for; more could be years.
    const since = Math.max(0, ...[known.championTrained ?? 0, ...known.runs].filter((time) => time < now + WEEK));
    const rows = retraining.rules.rows === null ? null : await countedRows(one, since, now);
    const facts = {
      ...known,
      rowsSinceTraining: rows,
      due: isDue(retraining.schedule, since, now),
      askedBy: asker?.name ?? null,
    };
    const { retrain, causes, held } = decideRetraining(retraining.rules, facts);
    if (!retrain) return held ?? "nothing asks for it";
    if (training !== null) return "another retraining is under way";
    const entry: RetrainingEntry = {
      model,
      run: tools.newRun(),
      state: "running",
      started: now,
      ended: null,
      causes,
      by: asker?.name ?? "triggers",
      record: null,
      version: null,
      against: null,
      decision: null,
      reason: null,
      final: null,
    };
    await plane.store.change(RETRAINER, async (state) => {
      if ((await state.get("model", model)) !== null) return;
      const { task } = one.onDisk.parsed.policy;
      await putModel(state, { ...usualModel(model), task }, RETRAINER, now);
    });
    began.set(entry.run, plane.clock.monotonic());
    // Kept before the first step: a run that a crash ends counts for cool-down and limits too.
    training = keepRetraining(plane, entry, "retraining.begin")
      .then(() => retrainModel(one, entry, { ...tools, signal: stopped.signal }))
      .catch(tools.onBug)
      .finally(() => (training = null));
    return entry;
  };

  const lookWhereDue = async (one: WatchedModel): Promise<void> => {
    if (one.archive === null) return;
    const last = await plane.store.read((state) => state.get<LookEntry>("look", one.model));
    const age = last === null ? Number.POSITIVE_INFINITY : plane.clock.now() - last.body.at;
    // A clock that stepped back must not stop the watch.
    if (age >= one.monitors.every || age < -one.monitors.every) await look(one);
  };

  const guarded = async (one: WatchedModel, what: string, work: () => Promise<unknown>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      if (stopped.signal.aborted) return;
      if (!(error instanceof Failure)) tools.onBug(error);
      const message = `${what} could not be done: ${error instanceof Error ? error.message : String(error)}`;
      const { owner } = one.monitors;
      const actions = ["umpire status"];
      await alerts.signal(RETRAINER, [
        { key: `watch:${one.model}/${what}`, severity: "warning", model: one.model, owner, message, actions },
      ]);
    }
  };

  const round = async (): Promise<void> => {
    for (const one of watched) {
      if (stopped.signal.aborted) return;
      await guarded(one, "the look at the log", () => lookWhereDue(one));
      if (one.retraining !== null && training === null) {
        await guarded(one, "the decision on retraining", () => begin(one, null));
      }
    }
    await alerts.signal(SERVER, await clocks.look());
    // Not waited for: the channels of one team may be slow, and the models of the others are looked at all the same.
    const sweep = alerts.sweep(stopped.signal).catch(tools.onBug);
    telling.add(sweep);
    void sweep.finally(() => telling.delete(sweep));
  };

  return {
    alerts,
    models: [...byName.keys()],
    look: async (model) => look(of(model)),
    retrain: async (model, by) => {
      const begun = await begin(of(model), by);
      if (typeof begun !== "string") return begun;
      throw new Failure("CONFLICT", { message: `"${model}" is not retrained now: ${begun}` });
    },
    recover: async () => {
      const alarms = await alerts.list();
      for (const one of watched) {
        const runs = await plane.store.read((state) =>
          state.list<RetrainingEntry>("retraining", { parent: one.model }),
        );
        for (const { body } of runs.filter((run) => run.body.state === "running")) {
          const reason = "the server ended while it ran";
          const ended = { ...body, state: "failed", reason, ended: plane.clock.now() } as const;
          await keepRetraining(plane, ended, "retraining.failed");
          await tellReviewer(one, ended, alerts);
        }
        // Killed between what became of a run and its alarm: nobody was told.
        const last = runs.map(({ body }) => body).findLast(({ state }) => state !== "running");
        const isTold = last === undefined || alarms.some(({ message }) => message.includes(runWords(last)));
        if (!isTold) await tellReviewer(one, last, alerts);
      }
    },
    tick: () => {
      ticking ??= round()
        .catch(tools.onBug)
        .finally(() => (ticking = null));
      return ticking;
    },
    underWay: () => training,
    stop: async () => {
      stopped.abort();
      await Promise.allSettled([ticking, looking, training, ...telling]);
    },
  };
}

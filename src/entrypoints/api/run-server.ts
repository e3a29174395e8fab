import { openControlPlane, type OpenControlPlane, openTimetable } from "../../composition/control-plane.ts";
import { GatewayDesk } from "../../app/control/gateway-desk.ts";
import { openServerWatch, type WatchOptions } from "../../composition/server-watch.ts";
import { openRunLogs } from "../../composition/run-logs.ts";
import { openAnswerFinder, openRollouts } from "../../composition/rollouts.ts";
import { productVersion } from "../../composition/product.ts";
import { serverJobs } from "../../app/schedules/server-jobs.ts";
import { Scheduler } from "../../app/schedules/scheduler.ts";
import { Failure } from "../../core/failures.ts";
import { type ApiApp, type ApiLimits, type ApiLog, usualApiLimits } from "./api-parts.ts";
import { rolloutAlarms, untoldReleases } from "../../app/watch/rollout-alarms.ts";
import type { RolloutTools } from "../../app/rollout/rollout-control.ts";
import type { ServerWatch } from "../../app/watch/server-watch.ts";
import { listenFailure } from "../listen-failure.ts";
import { buildApi } from "./build-api.ts";
import { EventStreams } from "./event-streams.ts";

export interface ServerOptions {
  readonly folder: string;
  /** Folder of the gateways' prediction log, which rollouts are judged by. */
  readonly predictions: string;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly log: ApiLog;
  readonly limits?: ApiLimits;
  /** Says what a rollout decided, in one line. */
  readonly tell: (text: string) => void;
  readonly onBug: (error: unknown) => void;
  /** What it does by itself; default nothing. */
  readonly watch?: Omit<WatchOptions, "stateFolder" | "onBug">;
}

export interface RunningServer {
  readonly address: string;
  readonly plane: OpenControlPlane;
  readonly watch: ServerWatch;
  /** True: loopback, and no key was made yet. */
  readonly open: boolean;
  /** Answers what is under way, then closes the state. */
  stop(): Promise<void>;
}

/** How often it looks whether something is due. */
const WATCH_EVERY = 5_000;
const usualWatch = { policies: [], log: null, workingDirectory: "." };
const LOOPBACK = new Set(["127.0.0.1", "::1", "localhost"]);

const TICK = 1000;
const PATIENCE = 5000;

/** Opens the state first, the door last. @throws Failure STATE, USAGE where others could reach it without a key */
export async function runServer(options: ServerOptions): Promise<RunningServer> {
  const owner = `process ${process.pid}, to listen on ${options.host}:${options.port}`;
  const plane = await openControlPlane(options.folder, owner, options.onBug);
  try {
    const loopback = LOOPBACK.has(options.host);
    if (!loopback && !plane.keys.hasAdmin) {
      throw new Failure("USAGE", {
        message: `${options.host} can be reached from other machines, and there is no key of an admin yet`,
        mend: ["make one first: umpire keys create NAME --role admin --state DIR", "or listen on 127.0.0.1"],
      });
    }
    const { onBug, folder: stateFolder } = options;
    const watch = await openServerWatch(plane, { ...usualWatch, ...options.watch, stateFolder, onBug });
    await watch.recover();
    const desk = new GatewayDesk(plane.store, plane.clock);
    const streams = new EventStreams(plane.store, (options.limits ?? usualApiLimits).streams);
    const scheduler = await openScheduler(plane, options.onBug);
    const alarm = rolloutAlarms(watch.alerts);
    const tell: RolloutTools["tell"] = (effect, rollout) => {
      options.tell(effect.text);
      alarm(effect, rollout).catch(onBug);
    };
    for (const [effect, rollout] of await untoldReleases(plane.store, watch.alerts)) tell(effect, rollout);
    const rollouts = await openRollouts(plane, options.predictions, tell, options.onBug);
    const app = await buildApi({
      plane,
      keys: plane.keys,
      desk,
      scheduler,
      streams,
      watch,
      rollouts: rollouts.control,
      finder: await openAnswerFinder(options.predictions),
      runLogs: await openRunLogs(options.folder),
      answers: plane.answers,
      open: loopback,
      version: productVersion(),
      limits: options.limits ?? usualApiLimits,
      log: options.log,
      onBug: options.onBug,
    });
    const closeDoor = closable(app);
    const address = await listen(app, options);
    rollouts.begin();
    const ticking = setInterval(() => void scheduler.tick().catch(options.onBug), TICK);
    const watching = setInterval(() => void watch.tick(), WATCH_EVERY);
    return {
      address,
      plane,
      watch,
      open: loopback && !plane.keys.hasAdmin,
      stop: async () => {
        clearInterval(ticking);
        clearInterval(watching);
        await scheduler.stop();
        desk.close();
        streams.close();
        await rollouts.close();
        await closeDoor();
        await watch.stop();
        await plane.close();
      },
    };
  } catch (error) {
    await plane.close();
    throw error;
  }
}

async function openScheduler(plane: OpenControlPlane, onBug: (error: unknown) => void): Promise<Scheduler> {
  const { store, clock } = plane;
  const scheduler = new Scheduler({ store, clock, timetable: await openTimetable(), jobs: serverJobs(plane), onBug });
  await scheduler.recover();
  return scheduler;
}

/** @returns what closes the door: answers what is under way, waits for no connection that asks nothing */
function closable(app: ApiApp): () => Promise<void> {
  let underWay = 0;
  app.server.on("request", (_request, response) => {
    underWay += 1;
    response.once("close", () => {
      underWay -= 1;
    });
  });
  return async () => {
    // One that was opened and never asked is not idle to Node: it would be waited for a minute.
    const look = setInterval(() => {
      if (underWay === 0) app.server.closeAllConnections();
      else app.server.closeIdleConnections();
    }, 50);
    const late = setTimeout(() => app.server.closeAllConnections(), PATIENCE);
    try {
      await app.close();
    } finally {
      clearInterval(look);
      clearTimeout(late);
    }
  };
}

async function listen(
  app: Awaited<ReturnType<typeof buildApi>>,
  { host, port }: Pick<ServerOptions, "host" | "port">,
): Promise<string> {
  try {
    const address = await app.listen({ host, port });
    return address.replace("0.0.0.0", "127.0.0.1");
  } catch (error) {
    throw listenFailure(error, host, port);
  }
}

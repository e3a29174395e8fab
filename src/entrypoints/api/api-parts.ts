import type { FastifyInstance, RawServerDefault } from "fastify";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { FastifyBaseLogger } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import type { GatewayDesk } from "../../app/control/gateway-desk.ts";
import type { ModelWatch } from "../../app/watch/model-watch.ts";
import type { KeptAnswers } from "../../app/ports/kept-answers.ts";
import type { AnswerFinder } from "../../app/ports/answer-finder.ts";
import type { RunLogs } from "../../app/ports/run-logs.ts";
import type { KeyBook } from "../../app/keys/access-keys.ts";
import type { Scheduler } from "../../app/schedules/scheduler.ts";
import type { ControlPlane } from "../../app/registry/control-plane.ts";
import type { EventStreams } from "./event-streams.ts";
import type { RolloutControl } from "../../app/rollout/rollout-control.ts";
import type { Role } from "../../core/access/roles.ts";

/** What the routes work with. */
export interface ApiParts {
  readonly plane: ControlPlane;
  readonly keys: KeyBook;
  readonly desk: GatewayDesk;
  readonly scheduler: Scheduler;
  readonly streams: EventStreams;
  /** Monitors, alarms and retraining; undefined: the server was given no policy. */
  readonly watch?: ModelWatch;
  readonly rollouts: RolloutControl;
  /** What the steps of retrainings wrote; undefined: they run elsewhere. */
  readonly runLogs?: RunLogs;
  /** Looks into the gateways' log; undefined: there is none to look into. */
  readonly finder?: AnswerFinder;
  /** Answers for requests that are sent again; undefined: none is kept. */
  readonly answers?: KeptAnswers;
  /** True: whoever reaches the loopback address is an admin, because nothing else was said. */
  readonly open: boolean;
  readonly version: string;
  readonly limits: ApiLimits;
  readonly log: ApiLog;
  readonly onBug: (error: unknown) => void;
}

export interface ApiLimits {
  readonly jsonBytes: number;
  readonly artifactBytes: number;
  readonly streams: number;
  /** Time that a body other than a file may take to arrive. */
  readonly bodyMilliseconds: number;
}

export const usualApiLimits: ApiLimits = {
  jsonBytes: 2_000_000,
  artifactBytes: 4_000_000_000,
  streams: 200,
  bodyMilliseconds: 60_000,
};

/** Where the log goes; `null`: nowhere (tests). */
export type ApiLog = { write(line: string): void } | null;

/** Who asks. `role` is at least the route's. */
export interface ApiActor {
  readonly name: string;
  readonly role: Role;
}

declare module "fastify" {
  interface FastifyContextConfig {
    /** The least role that may call the route; `public`: no key is asked for. */
    role?: Role | "public";
    /** What a POST does the second time: nothing that matters, or something that must not be kept. */
    repeat?: "harmless" | "refused";
  }
  interface FastifyRequest {
    actor: ApiActor;
  }
}

export type ApiApp = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/** Adds the routes of one subject. */
export type RouteModule = (app: ApiApp, parts: ApiParts) => void;

import { type AlertCenter, createAlertCenter } from "../alerts/alert-center.ts";
import { Failure } from "../../core/failures.ts";
import { nearest } from "../../core/nearest.ts";
import type { Actor } from "../ports/control-store.ts";
import type { ControlPlane } from "../registry/control-plane.ts";
import type { LookEntry } from "./look-entry.ts";
import type { RetrainingEntry } from "./retraining-entry.ts";

/** What the server does by itself for models whose policy it has, and what people ask of it. */
export interface ModelWatch {
  readonly alerts: AlertCenter;
  /** Models whose policy the server was given. */
  readonly models: readonly string[];
  /** Looks at the log now. @throws Failure NOT_FOUND, and what the look throws */
  look(model: string): Promise<LookEntry>;
  /** Begins a retraining that goes on by itself. @throws Failure NOT_FOUND, CONFLICT where a limit holds it back */
  retrain(model: string, by: Actor): Promise<RetrainingEntry>;
}

/** The watch of a server that was given no policy: it keeps alarms, and nothing more. */
export function restingWatch({ store, clock }: ControlPlane): ModelWatch {
  return {
    alerts: createAlertCenter(new Map(), { store, clock }),
    models: [],
    look: (model) => Promise.reject(noPolicy(model, [])),
    retrain: (model) => Promise.reject(noPolicy(model, [])),
  };
}

export function noPolicy(model: string, known: readonly string[]): Failure {
  const near = nearest(model, known);
  return new Failure("NOT_FOUND", {
    message: `the server has no policy of "${model}"`,
    mend: [
      near.length > 0 ? `nearest: ${near.join(", ")}` : "start it with the policy: umpire server --policy umpire.yaml",
    ],
  });
}

import type { MonitorSettings } from "../../schemas/monitors/parse-monitors.ts";
import type { Retraining } from "../../schemas/retraining/parse-retraining.ts";
import type { PolicyOnDisk } from "../judge/read-policy.ts";
import type { EventArchive } from "../ports/event-archive.ts";

/** A model whose policy the server was given: what it watches and how it trains again. */
export interface WatchedModel {
  readonly model: string;
  readonly onDisk: PolicyOnDisk;
  /** Absolute: steps run here, paths of the policy are relative to it. */
  readonly folder: string;
  readonly monitors: MonitorSettings;
  /** Null: the policy has no retrain section. */
  readonly retraining: Retraining | null;
  /** The prediction log; null: the server was not told where it is. */
  readonly archive: EventArchive | null;
}

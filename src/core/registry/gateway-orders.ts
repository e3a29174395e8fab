import type { Task } from "../metrics/metric.ts";
import type { ModelRouting } from "../serving/routing-state.ts";
import type { Artifact, MeaningfulColumns } from "./registry-entries.ts";

/** All that a gateway needs to serve what the server says; it keeps a copy, and works by it while the server is gone. */
export interface GatewayOrders {
  readonly schema: "umpire.orders/1";
  /** Of the routing state. */
  readonly revision: number;
  readonly models: Readonly<Record<string, ModelOrders>>;
}

export interface ModelOrders {
  readonly task: Task | null;
  readonly columns: MeaningfulColumns;
  readonly routing: ModelRouting;
  /** To be loaded and warm: what the routing names, what it named before, and the newest. */
  readonly versions: Readonly<Record<string, Artifact>>;
  /** What a rollback that names no version goes back to; null, undefined: nothing answered before. */
  readonly back?: string | null;
}

/** What a gateway says of itself when it asks for orders. */
export interface GatewayReport {
  /** The revision that it answers by, wholly. */
  readonly revision: number;
  readonly address: string | null;
  /** What it could not do, as sentences. */
  readonly problems: readonly string[];
  /** What people decided there over the model's head; undefined: it does not say. */
  readonly overrides?: readonly ReportedOverride[];
  /** What became of the errands that it was given; undefined: it was given none. */
  readonly errands?: readonly ErrandAnswer[];
  /** What people rolled back there, past the server, which it is to take over. */
  readonly rollbacks?: readonly GatewayRollback[];
}

/** What a person asks of a gateway by way of the server. It may come twice: doing it again changes nothing. */
export type Errand =
  | { readonly id: string; readonly kind: "enter"; readonly override: Readonly<Record<string, unknown>> }
  | { readonly id: string; readonly kind: "withdraw" | "show"; readonly override: string };

export interface ErrandAnswer {
  readonly id: string;
  /** Why it was not done; null: it was. */
  readonly problem: string | null;
  /** Which item or unit a shown override is about; the server passes it on and keeps nothing of it. */
  readonly subject: string | null;
}

/** What the server did with a gateway's rollback. */
export interface SettledRollback {
  readonly id: string;
  /** Null: it was taken over, for every gateway; else why the server's own word counts. */
  readonly overruled: string | null;
}

/** A rollback made at a gateway: it stands there until the server has heard of it. */
export interface GatewayRollback {
  readonly id: string;
  readonly model: string;
  readonly cohort: string | null;
  readonly to: string;
  readonly reason: string;
  readonly by: string;
  /** Milliseconds since 1970, by the gateway's clock. */
  readonly at: number;
  /** Of the orders that the gateway worked by: what was changed at the server since, nobody there had seen. */
  readonly revision: number;
}

/** An override as the trail keeps it: never whose data it is about. */
export interface ReportedOverride {
  readonly id: string;
  readonly kind: "block" | "boost" | "opt-out";
  readonly model: string | null;
  readonly expires: number | null;
  readonly reason: string;
  readonly by: string;
}

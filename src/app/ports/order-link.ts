import type { Errand, GatewayOrders, GatewayReport, SettledRollback } from "../../core/registry/gateway-orders.ts";

export interface PollAnswer {
  /** Null: they are as before. */
  readonly orders: GatewayOrders | null;
  readonly tag: string;
  readonly errands?: readonly Errand[];
  /** Reported rollbacks that stand no longer at the gateway. */
  readonly settled?: readonly SettledRollback[];
}

/** A gateway's line to the server. */
export interface OrderLink {
  /**
   * Reports, and waits for orders other than those of the tag.
   * @param waitSeconds how long at most; default as long as the server lets it
   * @returns null where nothing changed
   * @throws Failure SERVER, KEY, ROLE
   */
  poll(
    tag: string | null,
    report: GatewayReport,
    signal: AbortSignal,
    waitSeconds?: number | null,
  ): Promise<PollAnswer | null>;
  /** Brings a file here, checked against its digest, unless it is here. @returns its path */
  file(digest: string, signal: AbortSignal): Promise<string>;
  /** The path that a file has, or would have, here. */
  path(digest: string): string;
}

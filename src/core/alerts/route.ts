import type { Severity } from "../findings.ts";
import type { Alert } from "./alert.ts";

/** Which channels hear of which alarms. An absent condition holds for all. */
export interface AlertRoute {
  /** This severity and above. */
  readonly from?: Severity;
  readonly owner?: string;
  readonly model?: string;
  /** Names of channels. */
  readonly to: readonly string[];
}

const order: readonly Severity[] = ["info", "warning", "error"];

/** Channels of all routes that fit, each once, in the order of the policy; the default where none fits. */
export function channelsFor(alert: Alert, routes: readonly AlertRoute[], otherwise: readonly string[]): string[] {
  const fitting = routes.filter(
    ({ from, owner, model }) =>
      (from === undefined || order.indexOf(alert.severity) >= order.indexOf(from)) &&
      (owner === undefined || owner === alert.owner) &&
      (model === undefined || model === alert.model),
  );
  return [...new Set(fitting.length === 0 ? otherwise : fitting.flatMap((route) => route.to))];
}

import { type Alert, type AlertRules, type AlertTarget, defaultAlertRules } from "../../core/alerts/alert.ts";
import { type AlertRoute, channelsFor } from "../../core/alerts/route.ts";
import type { AlertChannel } from "../ports/alert-channel.ts";

/** What one policy says of alarms. */
export interface AlertPolicy {
  readonly rules: AlertRules;
  /** Who is asked to act where an alarm names nobody; null: nobody. */
  readonly owner: string | null;
  readonly routes: readonly AlertRoute[];
  /** Channels that hear of what no route takes. */
  readonly otherwise: readonly string[];
  readonly channels: ReadonlyMap<string, AlertChannel>;
}

/** Policies by the model that they are of. */
export type AlertPolicies = ReadonlyMap<string, AlertPolicy>;

/**
 * Who hears of an alarm: the channels of its model's policy, and no other team's. What belongs to the server itself, or to
 * a model without a policy here, goes by every policy's routes, to each channel once: it must not go unheard.
 */
export function targetsOf(alert: Alert, policies: AlertPolicies): AlertTarget[] {
  const own = policies.get(alert.model);
  const asked = own === undefined ? [...policies] : [[alert.model, own] as const];
  const taken = new Set<AlertChannel>();
  const targets: AlertTarget[] = [];
  for (const [policy, { routes, otherwise, channels }] of asked) {
    for (const channel of channelsFor(alert, routes, otherwise)) {
      const opened = channels.get(channel);
      if (opened === undefined || taken.has(opened)) continue;
      taken.add(opened);
      targets.push({ policy, channel });
    }
  }
  return targets;
}

export function rulesOf(model: string, policies: AlertPolicies): AlertRules {
  return policies.get(model)?.rules ?? defaultAlertRules;
}

export function channelOf({ policy, channel }: AlertTarget, policies: AlertPolicies): AlertChannel | null {
  return policies.get(policy)?.channels.get(channel) ?? null;
}

/** Channels of the same policy that take what waits for one that is in it no longer; none where the policy is gone. */
export function insteadOf({ policy }: AlertTarget, policies: AlertPolicies): AlertTarget[] {
  const { otherwise = [], channels } = policies.get(policy) ?? {};
  return otherwise.filter((channel) => channels?.has(channel)).map((channel) => ({ policy, channel }));
}

export const sameTarget = (one: AlertTarget, other: AlertTarget): boolean =>
  one.policy === other.policy && one.channel === other.channel;

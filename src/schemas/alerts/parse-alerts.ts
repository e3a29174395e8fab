import { z } from "zod";
import { defaultAlertRules, type AlertRules } from "../../core/alerts/alert.ts";
import type { AlertRoute } from "../../core/alerts/route.ts";
import { nearest } from "../../core/nearest.ts";
import { parseSpan } from "../../core/slices/slice-entry.ts";
import { monitorsFile } from "../monitors/parse-monitors.ts";
import { type ParsedPolicy, policyFailure } from "../policy/parse-policy.ts";
import { readSection } from "../policy/read-section.ts";
import { fillAddress, fillNames, hasWrittenCredentials, isWrittenSecret } from "../written-secrets.ts";
import type { SourceProblem } from "../yaml-source.ts";

const span = z
  .string()
  .refine((text) => parseSpan(text) !== null, { error: "takes a span of time such as 24h or 90m" });

const channel = z.strictObject({
  webhook: z
    .string()
    .optional()
    .describe("An address that takes CloudEvents by POST. Secrets as ${NAME}, from the environment."),
  slack: z.string().optional().describe("An incoming webhook of Slack or its kind."),
  secret: z.string().optional().describe("Signs each call of a webhook (HMAC-SHA256); as ${NAME}."),
  command: z
    .array(z.string())
    .min(1)
    .optional()
    .describe("A program that gets the document on its standard input; no shell."),
});

/** The `alerts` section of umpire.yaml. */
export const alertsFile = z.strictObject({
  channels: z
    .record(z.string(), channel)
    .describe("Ways to tell someone, by name: one of webhook, slack, command each."),
  routes: z
    .array(
      z.strictObject({
        from: z.enum(["info", "warning", "error"]).optional().describe("This severity and above."),
        owner: z.string().optional().describe("Where `monitors.owner` is this one."),
        model: z
          .string()
          .optional()
          .describe("Of this model, which is the policy's; alarms of the server itself do not fit."),
        to: z.array(z.string()).min(1).describe("Names of channels."),
      }),
    )
    .optional()
    .describe("Who hears of what; an alarm goes to every route that fits."),
  otherwise: z.array(z.string()).optional().describe("Channels for alarms that no route takes. Default: all."),
  repeat_after: span.optional().describe("A firing alarm is told again after this. Default 24h."),
  quiet_after: span.optional().describe("An alarm that has not been seen for this has recovered. Default 2h."),
});

/** A channel with its secrets filled in. */
export type ChannelSettings =
  | { readonly kind: "webhook" | "slack"; readonly url: string; readonly secret: string | null }
  | { readonly kind: "command"; readonly command: readonly string[] };

export interface AlertsSettings {
  readonly rules: AlertRules;
  readonly routes: readonly AlertRoute[];
  readonly otherwise: readonly string[];
  readonly channels: ReadonlyMap<string, ChannelSettings>;
}

/**
 * Reads the `alerts` section of a parsed policy; null where it has none.
 * @param environment where ${NAME} is looked up; the values never appear in a message
 * @throws Failure POLICY with line and column
 */
export function parseAlerts(
  { policy, source }: Pick<ParsedPolicy, "policy" | "source">,
  environment: Readonly<Record<string, string | undefined>>,
): AlertsSettings | null {
  const file = readSection(source, "alerts", alertsFile);
  if (file === null) return null;
  const problems: SourceProblem[] = [];
  const channels = new Map<string, ChannelSettings>();
  for (const [name, entry] of Object.entries(file.channels)) {
    const settings = channelOf(name, entry, environment, problems);
    if (settings !== null) channels.set(name, settings);
  }
  const known = Object.keys(file.channels);
  const checkNames = (names: readonly string[], path: readonly (string | number)[]): void => {
    for (const name of names) {
      if (known.includes(name)) continue;
      const near = nearest(name, known);
      const mend = [near.length > 0 ? `nearest: ${near.join(", ")}` : `channels: ${known.join(", ")}`];
      problems.push({ path: ["alerts", ...path], message: `there is no channel "${name}"`, mend });
    }
  };
  file.routes?.forEach((route, i) => checkNames(route.to, ["routes", i, "to"]));
  checkNames(file.otherwise ?? [], ["otherwise"]);
  const owner = readSection(source, "monitors", monitorsFile)?.owner ?? null;
  file.routes?.forEach((route, i) => {
    const path = ["alerts", "routes", i];
    if (route.model !== undefined && route.model !== policy.model) {
      const message = `hears nothing: alarms of "${route.model}" go by the policy of that model; this is of "${policy.model}"`;
      problems.push({ path: [...path, "model"], message, mend: ["drop model, or write the route there"] });
    }
    if (route.owner !== undefined && route.owner !== owner) {
      const known = owner === null ? "monitors.owner names nobody" : `monitors.owner is "${owner}"`;
      const message = `hears nothing: no alarm is of the owner "${route.owner}"; ${known}`;
      problems.push({ path: [...path, "owner"], message, mend: [`write ${owner ?? "monitors.owner"}, or drop owner`] });
    }
  });
  if (problems.length > 0) throw policyFailure(problems, source);
  const milliseconds = (text: string | undefined): number | null => (text === undefined ? null : parseSpan(text));
  return {
    rules: {
      repeatAfter: milliseconds(file.repeat_after) ?? defaultAlertRules.repeatAfter,
      quietAfter: milliseconds(file.quiet_after) ?? defaultAlertRules.quietAfter,
    },
    routes: (file.routes ?? []).map(({ to, from, owner, model }) => ({
      to,
      ...(from === undefined ? {} : { from }),
      ...(owner === undefined ? {} : { owner }),
      ...(model === undefined ? {} : { model }),
    })),
    otherwise: file.otherwise ?? known,
    channels,
  };
}

function channelOf(
  name: string,
  entry: z.infer<typeof channel>,
  environment: Readonly<Record<string, string | undefined>>,
  problems: SourceProblem[],
): ChannelSettings | null {
  const path = ["alerts", "channels", name];
  const kinds = (["webhook", "slack", "command"] as const).filter((kind) => entry[kind] !== undefined);
  const [kind] = kinds;
  if (kind === undefined || kinds.length > 1) {
    problems.push({ path, message: "takes one of webhook, slack and command" });
    return null;
  }
  if (kind === "command") return { kind, command: entry.command! };
  const missing =
    (key: string) =>
    (variable: string): void => {
      const mend = [`export ${variable}=… before starting`];
      problems.push({ path: [...path, key], message: `the environment has no ${variable}`, mend });
    };
  const written = entry.secret !== undefined && isWrittenSecret(entry.secret) ? "secret" : null;
  // The path of such an address is its secret.
  const isWritten = kind === "slack" && isWrittenSecret(entry.slack!);
  if (written !== null || isWritten || hasWrittenCredentials(entry[kind]!)) {
    const message = "holds a secret as it stands, and the policy is kept with every verdict";
    problems.push({ path: [...path, written ?? kind], message, mend: ["write ${NAME}, from the environment"] });
    return null;
  }
  const url = fillAddress(entry[kind]!, environment, missing(kind));
  if (problems.length === 0 && !/^https?:\/\//.test(url)) {
    problems.push({ path: [...path, kind], message: "takes an address that begins with https:// or http://" });
  }
  const secret = entry.secret === undefined ? null : fillNames(entry.secret, environment, missing("secret"));
  return { kind, url, secret };
}

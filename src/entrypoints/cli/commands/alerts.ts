import type { Command } from "commander";
import { Failure } from "../../../core/failures.ts";
import { nearest } from "../../../core/nearest.ts";
import { parseSpan } from "../../../core/slices/slice-entry.ts";
import { openApi } from "../api/api-client.ts";
import { type ServerCommandOptions, withServerOptions } from "../api/server-options.ts";
import { timeWords } from "../api/table.ts";
import type { CommandContext, ExitCode } from "../context.ts";
import { printSentence, type Terminal } from "../terminal.ts";

export interface AlertView {
  readonly key: string;
  readonly severity: "info" | "warning" | "error";
  readonly model: string;
  readonly owner: string | null;
  readonly message: string;
  readonly actions: readonly string[];
  readonly state: "firing" | "recovered";
  readonly since: string;
  readonly count: number;
  readonly snoozedUntil: string | null;
  readonly snoozedBy: string | null;
  readonly toldTo: readonly string[];
}

/** A channel that notices wait for. */
interface WaitingView {
  readonly channel: string;
  readonly notices: number;
  readonly attempts: number;
  readonly problem: string | null;
  readonly nextAttempt: string | null;
}

export interface AlertList {
  readonly alerts: readonly AlertView[];
  readonly total: number;
  readonly waiting: readonly WaitingView[];
}

export function register(program: Command, context: CommandContext): void {
  const command = program
    .command("alerts")
    .summary("what fires, since when, what to do; silence it or end it")
    .description("Alarms of the server: what fires, worst first, who was told, and which channels do not answer.")
    .addHelpText(
      "after",
      `
Example:
  umpire alerts                                     what fires; each with its key and what to do next
  umpire alerts snooze "drift:ranker/everything" 2h   silent for two hours, then it speaks up again
  umpire alerts resolve "drift:ranker/everything"     the cause is gone`,
    );
  const list = command
    .command("list", { isDefault: true })
    .description(
      "Prints the alarms that fire; --all those that have recovered too.\n\nExit codes: 0 none fires, 1 one does, 2 the server cannot be asked.",
    );
  withServerOptions(list)
    .addHelpText("after", "\nExample:\n  umpire alerts list")
    // A mistyped verb comes here, because this is what is done without one.
    .allowExcessArguments(true)
    .action(
      context.action<ServerCommandOptions>((terminal, options, [verb]) => {
        if (verb !== undefined) throw unknownVerb(verb);
        return show(terminal, options, context);
      }),
    );
  const snooze = command
    .command("snooze")
    .argument("<key>", "key of the alarm, as the list prints it")
    .argument("<span>", "how long: 90m, 24h, 7d; at most 30d")
    .description(
      "Silences an alarm for a while; it speaks up when it grows more severe, when the while has passed, and when it is over.",
    );
  withServerOptions(snooze)
    .addHelpText("after", '\nExample:\n  umpire alerts snooze "drift:ranker/low activity" 24h')
    .action(
      context.action<ServerCommandOptions>((terminal, options, [key = "", span = ""]) =>
        change(terminal, options, context, "snooze", { key, minutes: minutesOf(span) }),
      ),
    );
  const resolve = command
    .command("resolve")
    .argument("<key>", "key of the alarm, as the list prints it")
    .description("Says that the cause is gone; it fires again when it is seen again.");
  withServerOptions(resolve)
    .addHelpText("after", '\nExample:\n  umpire alerts resolve "drift:ranker/low activity"')
    .action(
      context.action<ServerCommandOptions>((terminal, options, [key = ""]) =>
        change(terminal, options, context, "resolve", { key }),
      ),
    );
}

async function show(terminal: Terminal, options: ServerCommandOptions, context: CommandContext): Promise<ExitCode> {
  const api = await openApi(options, context.workingDirectory);
  const found = await api.get<AlertList>(`/v1/alerts?limit=1000${options.all === true ? "&all=true" : ""}`);
  const { alerts } = found;
  terminal.document({ schema: "umpire.alerts/1", ...found });
  if (alerts.length === 0) terminal.print(" ✓ no alarm");
  printAlerts(terminal, found);
  return alerts.some(({ state }) => state === "firing") ? 1 : 0;
}

function unknownVerb(verb: string): Failure {
  const verbs = ["list", "snooze", "resolve"];
  const near = nearest(verb, verbs);
  const mend = [near.length > 0 ? `nearest: ${near.join(", ")}` : `one of ${verbs.join(", ")}`, "umpire alerts --help"];
  return new Failure("USAGE", { message: `there is no "umpire alerts ${verb}"`, mend });
}

/** The alarms of a list, how many it left out, and the channels that do not take their notices. */
export function printAlerts(terminal: Terminal, { alerts, total, waiting }: AlertList): void {
  for (const alert of alerts) printAlert(terminal, alert);
  if (total > alerts.length) terminal.print(` … and ${total - alerts.length} more`);
  for (const { channel, notices, attempts, problem, nextAttempt } of waiting) {
    if (problem === null) continue;
    const tried = attempts === 0 ? "" : `; tried ${attempts === 1 ? "once" : `${attempts} times`}`;
    const again = attempts === 0 || nextAttempt === null ? "" : `, again at ${timeWords(nextAttempt)}`;
    const what = notices === 1 ? "1 notice waits" : `${notices} notices wait`;
    printSentence(terminal, ` ! channel ${channel}   ${what}: ${problem}${tried}${again}`);
  }
}

/** An alarm in three or four lines: what, since when, its key, what to do. */
function printAlert(terminal: Terminal, alert: AlertView): void {
  const mark = alert.state === "recovered" ? "✓" : alert.severity === "error" ? "✗" : "·";
  printSentence(terminal, ` ${mark} ${alert.model || "server"}   ${alert.message}`);
  const snoozed =
    alert.snoozedUntil === null
      ? ""
      : `, silent until ${timeWords(alert.snoozedUntil)} (${alert.snoozedBy ?? "unknown"})`;
  const to =
    alert.toldTo.length === 0 ? "goes to nobody: no channel hears of it" : `goes to ${alert.toldTo.join(", ")}`;
  const state = alert.state === "recovered" ? "over; it fired" : "firing";
  printSentence(
    terminal,
    `   ${alert.severity === "info" ? "notice" : alert.severity}, ${state} since ${timeWords(alert.since)}, seen ${alert.count === 1 ? "once" : `${alert.count} times`}${snoozed}; ${to}`,
  );
  terminal.print(`   key   ${alert.key}`);
  if (alert.state === "firing") for (const action of alert.actions) terminal.print(`   next  ${action}`);
}

async function change(
  terminal: Terminal,
  options: ServerCommandOptions,
  context: CommandContext,
  what: "snooze" | "resolve",
  body: object,
): Promise<ExitCode> {
  const api = await openApi(options, context.workingDirectory);
  const changed = await api.send<AlertList>("POST", `/v1/alerts/${what}`, body);
  terminal.document({ schema: "umpire.alerts/1", ...changed });
  for (const alert of changed.alerts) printAlert(terminal, alert);
  return 0;
}

const MOST_DAYS = 30;

function minutesOf(span: string): number {
  const minutes = (parseSpan(span) ?? Number.NaN) / 60_000;
  if (minutes > 0 && minutes <= MOST_DAYS * 1440) return minutes;
  const why = Number.isNaN(minutes)
    ? "is no span of time"
    : minutes > 0
      ? `is more than ${MOST_DAYS} days`
      : "is no time";
  const mend = ["a number and a unit: 90m, 24h, 7d; umpire alerts resolve ends it for good"];
  throw new Failure("USAGE", { where: "span", message: `${JSON.stringify(span)} ${why}`, mend });
}

import type { Command } from "commander";
import { Failure } from "../../../core/failures.ts";
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
}

interface AlertList {
  readonly alerts: readonly AlertView[];
  readonly undelivered: number;
}

export function register(program: Command, context: CommandContext): void {
  const command = program
    .command("alerts")
    .summary("what fires, since when, what to do; silence it or end it")
    .description("Alarms of the server: list, snooze, resolve.");
  const list = command
    .command("list", { isDefault: true })
    .description(
      "Prints the alarms that fire; --all those that have recovered too.\n\nExit codes: 0 none fires, 1 one does, 2 the server cannot be asked.",
    );
  withServerOptions(list)
    .addHelpText("after", "\nExample:\n  umpire alerts list")
    .action(context.action<ServerCommandOptions>((terminal, options) => show(terminal, options, context)));
  const snooze = command
    .command("snooze")
    .argument("<key>", "key of the alarm, as the list prints it")
    .argument("<span>", "how long: 90m, 24h, 7d")
    .description("Silences an alarm for a while; it speaks up when it grows more severe, and when it is over.");
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
  const { alerts, undelivered } = await api.get<AlertList>(`/v1/alerts${options.all === true ? "?all=true" : ""}`);
  terminal.document({ schema: "umpire.alerts/1", alerts, undelivered });
  if (alerts.length === 0) terminal.print(" ✓ no alarm");
  for (const alert of alerts) printAlert(terminal, alert);
  if (undelivered > 0) {
    terminal.remark(
      `${undelivered === 1 ? "1 notice is" : `${undelivered} notices are`} not delivered yet: sent again by itself`,
    );
  }
  return alerts.some(({ state }) => state === "firing") ? 1 : 0;
}

/** An alarm in three or four lines: what, since when, its key, what to do. */
export function printAlert(terminal: Terminal, alert: AlertView): void {
  const mark = alert.state === "recovered" ? "✓" : alert.severity === "error" ? "✗" : "·";
  printSentence(terminal, ` ${mark} ${alert.model || "server"}   ${alert.message}`);
  const snoozed =
    alert.snoozedUntil === null
      ? ""
      : `, silent until ${timeWords(alert.snoozedUntil)} (${alert.snoozedBy ?? "unknown"})`;
  const state = alert.state === "recovered" ? "over; it fired" : "firing";
  printSentence(
    terminal,
    `   ${alert.severity === "info" ? "notice" : alert.severity}, ${state} since ${timeWords(alert.since)}, seen ${alert.count === 1 ? "once" : `${alert.count} times`}${snoozed}`,
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

function minutesOf(span: string): number {
  const milliseconds = parseSpan(span);
  if (milliseconds !== null) return milliseconds / 60_000;
  throw new Failure("USAGE", { message: `${JSON.stringify(span)} is no span of time`, mend: ["90m, 24h, 7d"] });
}

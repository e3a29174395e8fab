import type { Command } from "commander";
import type { CommandContext, ExitCode } from "../context.ts";
import { Failure } from "../../../core/failures.ts";
import { openApi } from "../api/api-client.ts";
import { type ServerCommandOptions, withServerOptions } from "../api/server-options.ts";
import { printRows, timeWords } from "../api/table.ts";
import type { Terminal } from "../terminal.ts";

interface ScheduleOptions extends ServerCommandOptions {
  readonly cron: string;
  readonly timeZone: string;
  readonly job: string;
  readonly with: readonly string[];
  readonly off?: boolean;
}

interface ScheduleView {
  readonly name: string;
  readonly cron: string;
  readonly timeZone: string;
  readonly job: string;
  readonly enabled: boolean;
  readonly next: string | null;
  readonly run: { readonly outcome: string; readonly message: string; readonly started: string } | null;
}

export function register(program: Command, context: CommandContext): void {
  const command = program
    .command("schedule")
    .summary("what the server does by itself, and when")
    .description(
      "Jobs that the server runs by itself. What falls into a downtime is caught up once; no job runs beside itself.",
    )
    .addHelpText(
      "after",
      '\nExamples:\n  umpire schedule list\n  umpire schedule set trail --job verify-trail --cron "30 6 * * 1-5"',
    );
  withServerOptions(command.command("list").description("Prints what runs by itself, when next, how it went last."))
    .addHelpText("after", "\nExample:\n  umpire schedule list")
    .action(context.action<ScheduleOptions>((terminal, options) => print(terminal, options, context)));
  const set = command
    .command("set")
    .argument("<name>", "name of the schedule")
    .requiredOption("--cron <expression>", "minute hour day month weekday")
    .requiredOption("--job <name>", "job of the server: verify-trail, …")
    .option("--time-zone <zone>", "as Europe/Berlin", "UTC")
    .option("--with <name=value>", "what the job works on; may be given several times", collect, [])
    .option("--off", "keep it, but do not run it")
    .description("Lets a job run by itself, or changes when.");
  withServerOptions(set)
    .addHelpText(
      "after",
      '\nExample:\n  umpire schedule set trail --job verify-trail --cron "30 6 * * 1-5" --time-zone Europe/Berlin',
    )
    .action(context.action<ScheduleOptions>((terminal, options, [name = ""]) => put(terminal, options, name, context)));
  for (const [verb, method, suffix, says] of [
    ["run", "POST", "/run", "Starts a schedule's job now."],
    ["delete", "DELETE", "", "Lets it run by itself no longer."],
  ] as const) {
    const sub = command.command(verb).argument("<name>", "name of the schedule").description(says);
    withServerOptions(sub)
      .addHelpText("after", `\nExample:\n  umpire schedule ${verb} trail`)
      .action(
        context.action<ScheduleOptions>(async (terminal, options, [name = ""]) => {
          const api = await openApi(options, context.workingDirectory);
          const answer = await api.send<object>(method, `/v1/schedules/${encodeURIComponent(name)}${suffix}`);
          terminal.document({ schema: "umpire.schedule/1", ...answer });
          terminal.print(
            verb === "run"
              ? ` ${name} has started; umpire schedule list says how it went`
              : ` ✓ ${name} runs no longer`,
          );
          return 0;
        }),
      );
  }
}

function collect(value: string, before: readonly string[]): string[] {
  return [...before, value];
}

async function print(terminal: Terminal, options: ScheduleOptions, context: CommandContext): Promise<ExitCode> {
  const api = await openApi(options, context.workingDirectory);
  const { schedules } = await api.get<{ schedules: ScheduleView[] }>("/v1/schedules");
  terminal.document({ schema: "umpire.schedules/1", schedules });
  if (schedules.length === 0)
    terminal.print(" nothing runs by itself: umpire schedule set NAME --job JOB --cron EXPRESSION");
  printRows(terminal, schedules.map(rowOf));
  return 0;
}

function rowOf({ name, cron, timeZone, job, enabled, next, run }: ScheduleView): string[] {
  const last =
    run === null
      ? "never ran"
      : `${run.outcome} ${timeWords(run.started)}${run.message === "" ? "" : `: ${run.message}`}`;
  return [name, job, `${cron} ${timeZone}`, whenNext(enabled, next), last];
}

/** One that an earlier release took although no date fits it is not off: it would be waited for. */
function whenNext(enabled: boolean, next: string | null): string {
  if (!enabled) return "off";
  return next === null ? "never due: no date fits it" : `next ${timeWords(next)}`;
}

async function put(
  terminal: Terminal,
  options: ScheduleOptions,
  name: string,
  context: CommandContext,
): Promise<ExitCode> {
  const parameters = Object.fromEntries(options.with.map(parameterOf));
  const { cron, timeZone, job } = options;
  const body = { cron, timeZone, job, parameters, enabled: options.off !== true };
  const api = await openApi(options, context.workingDirectory);
  const made = await api.send<ScheduleView>("PUT", `/v1/schedules/${encodeURIComponent(name)}`, body);
  terminal.document({ schema: "umpire.schedule/1", ...made });
  terminal.print(` ✓ ${name}   ${made.next === null ? "is off" : `runs next ${timeWords(made.next)}`}`);
  return 0;
}

function parameterOf(text: string): [string, string] {
  const at = text.indexOf("=");
  if (at <= 0) throw new Failure("USAGE", { message: `--with ${text} is not NAME=VALUE` });
  return [text.slice(0, at), text.slice(at + 1)];
}

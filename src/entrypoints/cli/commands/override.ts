import { userInfo } from "node:os";
import type { Command } from "commander";
import type { Override } from "../../../core/serving/overrides.ts";
import { Failure } from "../../../core/failures.ts";
import { readKey } from "../api/api-client.ts";
import { type CommandContext, type ExitCode, type SharedOptions, withSharedOptions } from "../context.ts";
import type { Terminal } from "../terminal.ts";
import { serverAddress } from "../api/server-address.ts";
import { timeWords } from "../../../core/report/time-words.ts";

interface OverrideOptions extends SharedOptions {
  readonly url: string;
  readonly keyFile?: string;
  readonly model?: string;
  readonly reason?: string;
  readonly expires?: string;
  readonly factor?: string;
  readonly add?: string;
  readonly limit?: string;
}

type Told = Override & { readonly applied?: number };

export function register(program: Command, context: CommandContext): void {
  const override = program
    .command("override")
    .summary("what people decide over a model: block or boost an item, opt a unit out")
    .description(
      "Entered at a running gateway; counts for its next request, stays over a restart, and is told to its server.",
    )
    .addHelpText(
      "after",
      "\nExamples:\n  umpire override block film-17 --reason recalled --expires 7d\n  umpire override list",
    );
  const sub = (name: string, summary: string, argument: string | null, example: string): Command => {
    const command = override.command(name).summary(summary).description(summary);
    if (argument !== null) command.argument(`<${argument}>`);
    command
      .option("--url <address>", "the gateway", "http://127.0.0.1:8080")
      .option("--key-file <file>", "file with the gateway's key; default the variable UMPIRE_KEY");
    return withSharedOptions(command).addHelpText("after", `\nExample:\n  umpire override ${example}`);
  };
  const entering = (command: Command): Command =>
    command
      .requiredOption("--reason <text>", "why; kept with it, and told to whoever asks")
      .option("--model <name>", "of which model; default all")
      .option("--expires <time>", "when it ends: a time, or a span such as 7d; default never");
  const on = (command: Command, make: (options: OverrideOptions, name: string) => Readonly<Record<string, unknown>>) =>
    command.action(
      context.action<OverrideOptions>((terminal, options, [name = ""]) =>
        enter(terminal, options, make(options, name), context),
      ),
    );
  on(
    entering(sub("block", "never show an item", "item", 'block film-17 --reason "recalled" --expires 7d')),
    (_options, item) => ({ kind: "block", item }),
  );
  on(
    entering(
      sub("boost", "change the scores of an item", "item", 'boost film-17 --factor 1.2 --limit 1000 --reason "launch"'),
    )
      .option("--factor <number>", "the score times so much")
      .option("--add <number>", "the score and so much")
      .option("--limit <n>", "for so many predictions; default any number"),
    ({ factor, add, limit }, item) => ({
      kind: "boost",
      item,
      ...(factor === undefined ? {} : { factor: numberOf(factor, "--factor") }),
      ...(add === undefined ? {} : { add: numberOf(add, "--add") }),
      ...(limit === undefined ? {} : { limit: numberOf(limit, "--limit") }),
    }),
  );
  on(
    entering(sub("opt-out", "use and keep nothing of a unit", "unit", 'opt-out customer-7 --reason "asked by letter"')),
    (_options, unit) => ({ kind: "opt-out", unit }),
  );
  sub("list", "what is in force, how often it was applied, until when", null, "list").action(
    context.action<OverrideOptions>(async (terminal, options) => {
      const { overrides } = await call<{ overrides: Told[] }>(options, "GET", "/v1/overrides", undefined, context);
      terminal.document({ schema: "umpire.overrides/1", overrides });
      terminal.print(overrides.length === 0 ? "No override is in force." : overrides.map(lineOf).join("\n"));
      return 0;
    }),
  );
  sub("withdraw", "end an override", "id", "withdraw 3286b369").action(
    context.action<OverrideOptions>(async (terminal, options, [id = ""]) => {
      const whole = await wholeId(options, id, context);
      await call(options, "DELETE", `/v1/overrides/${encodeURIComponent(whole)}`, undefined, context);
      terminal.document({ schema: "umpire.override/1", withdrawn: whole });
      terminal.print(`${whole} is withdrawn`);
      return 0;
    }),
  );
}

/** The id that the given digits begin, where there is one and no other; else what was given. */
async function wholeId(options: OverrideOptions, id: string, context: CommandContext): Promise<string> {
  const { overrides } = await call<{ overrides: Told[] }>(options, "GET", "/v1/overrides", undefined, context);
  const begun = overrides.filter((one) => id.length >= 4 && one.id.startsWith(id));
  return begun.length === 1 ? begun[0]!.id : id;
}

async function enter(
  terminal: Terminal,
  options: OverrideOptions,
  what: Readonly<Record<string, unknown>>,
  context: CommandContext,
): Promise<ExitCode> {
  const { model, reason, expires } = options;
  const document = {
    ...what,
    reason,
    by: userInfo().username,
    ...(model === undefined ? {} : { model }),
    ...(expires === undefined ? {} : { expires: await endOf(expires) }),
  };
  const entered = await call<Told>(options, "POST", "/v1/overrides", document, context);
  terminal.document({ schema: "umpire.override/1", ...entered });
  terminal.print(lineOf(entered));
  return 0;
}

/** A span counts from now. */
async function endOf(text: string): Promise<string | number> {
  const { spanMilliseconds } = await import("../../../schemas/gateway/parse-gateway.ts");
  const span = spanMilliseconds(text);
  return span === null ? text : Date.now() + span;
}

function lineOf(override: Told): string {
  const { id, kind, model, expires, reason, by } = override;
  const what = kind === "opt-out" ? override.unit : override.item;
  const change =
    kind === "boost"
      ? ` ×${override.factor}${override.add === 0 ? "" : ` +${override.add}`}, applied ${override.applied ?? 0}${override.limit === null ? "" : ` of ${override.limit}`} times`
      : "";
  const until = expires === null ? "" : `, until ${timeWords(new Date(expires).toISOString())}`;
  return `${id}  ${kind} ${what}${change}${model === null ? "" : `, of ${model}`}${until}: ${reason}${by === "" ? "" : ` (${by})`}`;
}

function numberOf(text: string, flag: string): number {
  const value = Number(text);
  if (text.trim() !== "" && Number.isFinite(value)) return value;
  throw new Failure("USAGE", { message: `${flag} is ${text}; it is a number` });
}

async function call<T>(
  options: OverrideOptions,
  method: string,
  path: string,
  body: unknown,
  context: CommandContext,
): Promise<T> {
  const key = await readKey(options.keyFile, context.workingDirectory);
  const address = new URL(path, serverAddress(options.url, "--url"));
  let response: Response;
  try {
    response = await fetch(address, {
      method,
      headers: { "content-type": "application/json", ...(key === null ? {} : { authorization: `Bearer ${key}` }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.any([context.signal, AbortSignal.timeout(10_000)]),
    });
  } catch (cause) {
    throw new Failure("SERVER", {
      where: options.url,
      message: "no gateway answers here",
      mend: ["--url ADDRESS of the gateway"],
      cause,
    });
  }
  const text = await response.text();
  if (response.ok) return JSON.parse(text) as T;
  throw new Failure("SERVER", { where: options.url, message: detailOf(text) });
}

function detailOf(text: string): string {
  try {
    const { detail } = JSON.parse(text) as { readonly detail?: unknown };
    if (typeof detail === "string") return detail;
  } catch {
    // Not the gateway's own words: shown as they came.
  }
  return text.slice(0, 300);
}

import { resolve } from "node:path";
import type { Command } from "commander";
import { Failure } from "../../../core/failures.ts";
import type { CommandContext, ExitCode } from "../context.ts";
import { openApi } from "../api/api-client.ts";
import { type ServerCommandOptions, withServerOptions } from "../api/server-options.ts";
import { printRows, timeWords } from "../api/table.ts";
import type { Terminal } from "../terminal.ts";

/** The most that the server gives at a time. */
const PAGE = 1000;

interface AuditOptions extends ServerCommandOptions {
  readonly state?: string;
  readonly limit?: string;
  readonly kind?: string;
  readonly id?: string;
  readonly noted?: string;
}

interface Entry {
  readonly sequence: number;
  readonly time: string;
  readonly actor: string;
  readonly action: string;
  readonly kind: string;
  readonly id: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

interface Check {
  readonly sound: boolean;
  readonly entries: number;
  readonly head: { readonly sequence: number; readonly hash: string };
  readonly problems: readonly string[];
}

export function register(program: Command, context: CommandContext): void {
  const command = program
    .command("audit")
    .summary("who changed what, when, and whether the trail is whole")
    .description("The audit trail: every change, chained by hash.")
    .addHelpText("after", "\nExamples:\n  umpire audit list\n  umpire audit verify");
  const list = command
    .command("list")
    .summary("changes, newest first")
    .description("Prints changes, newest first.")
    .option("--limit <n>", "how many; --all: the whole trail", "30")
    .option("--kind <kind>", "only of this kind: version, routing, aliases, key, …")
    .option("--id <id>", "only of this thing: film-ranker/3");
  withServerOptions(list)
    .addHelpText(
      "after",
      "\nExamples:\n  umpire audit list --kind routing\n  umpire audit list --all --json > trail.json",
    )
    .action(context.action<AuditOptions>((terminal, options) => print(terminal, options, context)));
  const verify = command
    .command("verify")
    .summary("whether anything was changed behind the trail's back")
    .description(
      "Checks the chain, that what is stored is what the trail says was stored last, and that files have the content of their names.\n\nExit codes: 0 sound, 1 not sound, 2 could not be checked.",
    )
    .option("--state <dir>", "check the folder itself, without a server")
    .option(
      "--noted <sequence:hash>",
      "an entry that was written down elsewhere; finds a trail that was cut or made anew",
    );
  withServerOptions(verify)
    .addHelpText("after", "\nExamples:\n  umpire audit verify\n  umpire audit verify --state .umpire/server")
    .action(context.action<AuditOptions>((terminal, options) => check(terminal, options, context)));
}

async function print(terminal: Terminal, options: AuditOptions, context: CommandContext): Promise<ExitCode> {
  const api = await openApi(options, context.workingDirectory);
  const query = new URLSearchParams({ limit: options.all === true ? String(PAGE) : (options.limit ?? "30") });
  if (options.kind !== undefined) query.set("kind", options.kind);
  if (options.id !== undefined) query.set("id", options.id);
  const page = async (): Promise<Entry[]> =>
    (await api.get<{ entries: Entry[] }>(`/v1/audit?${query.toString()}`)).entries;
  let found = await page();
  const entries = [...found];
  while (options.all === true && found.length === PAGE) {
    query.set("before", String(entries.at(-1)?.sequence));
    found = await page();
    entries.push(...found);
  }
  terminal.document({ schema: "umpire.audit/1", entries });
  if (entries.length === 0) terminal.print(" no change yet");
  printRows(terminal, entries.map(rowOf));
  return 0;
}

function rowOf({ sequence, time, actor, action, id, detail }: Entry): string[] {
  const reason = typeof detail["reason"] === "string" ? detail["reason"] : "";
  return [String(sequence), timeWords(time), actor, action, id, reason];
}

async function check(terminal: Terminal, options: AuditOptions, context: CommandContext): Promise<ExitCode> {
  const noted = options.noted === undefined ? null : notedOf(options.noted);
  const found =
    options.state === undefined
      ? await askServer(options, context, noted)
      : await readFolder(options.state, context, noted);
  terminal.document({ schema: "umpire.audit-verification/1", ...found });
  if (found.sound) {
    terminal.print(` ✓ ${found.entries.toLocaleString("en-US")} entries, sound`);
    terminal.print(`   note the newest one somewhere else: ${found.head.sequence}:${found.head.hash}`);
    return 0;
  }
  terminal.print(" ✗ the trail, or what it is about, was changed behind its back");
  for (const problem of found.problems) terminal.print(`   ${problem}`);
  return 1;
}

type Noted = { readonly sequence: number; readonly hash: string } | null;

async function askServer(options: AuditOptions, context: CommandContext, noted: Noted): Promise<Check> {
  const api = await openApi(options, context.workingDirectory);
  const query = noted === null ? "" : `?sequence=${noted.sequence}&hash=${noted.hash}`;
  return api.get<Check>(`/v1/audit/verification${query}`);
}

async function readFolder(folder: string, context: CommandContext, noted: Noted): Promise<Check> {
  const { openControlPlaneToRead } = await import("../../../composition/control-plane.ts");
  const { verifyTrail } = await import("../../../app/control/verify-trail.ts");
  const plane = await openControlPlaneToRead(resolve(context.workingDirectory, folder));
  try {
    return await verifyTrail(plane.store, plane.artifacts, noted);
  } finally {
    await plane.store.close();
  }
}

function notedOf(text: string): { readonly sequence: number; readonly hash: string } {
  const [, sequence, hash] = /^(\d+):([0-9a-f]{64})$/.exec(text) ?? [];
  if (sequence === undefined || hash === undefined) {
    throw new Failure("USAGE", {
      message: `--noted is ${text}; it is SEQUENCE:HASH, as umpire audit verify prints it`,
    });
  }
  return { sequence: Number(sequence), hash };
}

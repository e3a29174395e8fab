import { resolve } from "node:path";
import type { Command } from "commander";
import { isRole, type Role, roles } from "../../../core/access/roles.ts";
import { Failure } from "../../../core/failures.ts";
import type { CommandContext, ExitCode } from "../context.ts";
import { openApi } from "../api/api-client.ts";
import { type ServerCommandOptions, withServerOptions } from "../api/server-options.ts";
import { printRows, timeWords } from "../api/table.ts";
import type { Terminal } from "../terminal.ts";

interface KeyOptions extends ServerCommandOptions {
  readonly state?: string;
  readonly role: string;
  readonly expires?: string;
}

interface KeyView {
  readonly name: string;
  readonly role: string;
  readonly created: string;
  readonly expires: string | null;
}

export function register(program: Command, context: CommandContext): void {
  const command = program
    .command("keys")
    .summary("who may do what: make, list and delete keys")
    .description(
      "Keys of the server. Roles: viewer looks; operator registers and labels; approver lets into production; admin makes keys and deletes.",
    )
    .addHelpText("after", "\nExamples:\n  umpire keys create ada --role admin\n  umpire keys list");
  const create = command
    .command("create")
    .argument("<name>", "who or what it is for; stands in the audit trail")
    .description("Makes a key and prints it this once; only its hash is kept.")
    .requiredOption("--role <role>", roles.join(", "))
    .option("--expires <time>", "RFC 3339; default never")
    .option("--state <dir>", "write into the state of a server that is not running: for its first key");
  withServerOptions(create)
    .addHelpText(
      "after",
      "\nExamples:\n  umpire keys create ada --role admin --state .umpire/server\n  umpire keys create ci --role operator",
    )
    .action(context.action<KeyOptions>((terminal, options, [name = ""]) => make(terminal, options, name, context)));
  const list = command.command("list").description("Prints all keys, without the keys themselves.");
  withServerOptions(list)
    .addHelpText("after", "\nExample:\n  umpire keys list")
    .action(context.action<KeyOptions>((terminal, options) => print(terminal, options, context)));
  const remove = command
    .command("delete")
    .argument("<name>", "name of the key")
    .description("Deletes a key; it counts no longer at once.");
  withServerOptions(remove)
    .addHelpText("after", "\nExample:\n  umpire keys delete ci")
    .action(context.action<KeyOptions>((terminal, options, [name = ""]) => drop(terminal, options, name, context)));
}

async function make(terminal: Terminal, options: KeyOptions, name: string, context: CommandContext): Promise<ExitCode> {
  const { role } = options;
  if (!isRole(role)) throw new Failure("USAGE", { message: `--role is ${role}; roles: ${roles.join(", ")}` });
  const wish = { name, role, expires: expiryOf(options.expires) };
  const made =
    options.state === undefined
      ? await ask(wish, options, context)
      : await write(wish, resolve(context.workingDirectory, options.state));
  const { key, cutOff } = made;
  terminal.document({ schema: "umpire.key/1", name, role, key, cut_off: cutOff });
  terminal.print(key);
  terminal.remark(`the key of ${name} (${role}); it is not shown again`);
  if (cutOff.length > 0) {
    terminal.remark(
      `from now on the server refuses who has no key: ${cutOff.join(", ")} answers on as before, but hears of no release or rollback`,
    );
    terminal.remark("give each gateway its own: umpire keys create NAME --role operator, and start it with --key-file");
  }
  return 0;
}

interface Wish {
  readonly name: string;
  readonly role: Role;
  readonly expires: string | null;
}

interface MadeKey {
  readonly key: string;
  /** Gateways that the server refuses from now on. */
  readonly cutOff: readonly string[];
}

async function ask(wish: Wish, options: KeyOptions, context: CommandContext): Promise<MadeKey> {
  const api = await openApi(options, context.workingDirectory);
  return api.send<MadeKey>("POST", "/v1/keys", wish);
}

async function write({ expires, ...wish }: Wish, folder: string): Promise<MadeKey> {
  const { openControlPlane } = await import("../../../composition/control-plane.ts");
  const { createKey } = await import("../../../app/keys/access-keys.ts");
  const plane = await openControlPlane(folder, `process ${process.pid}, making a key`, () => undefined);
  try {
    const by = { name: "whoever has the folder", role: "admin" };
    const whole = { ...wish, expires: expires === null ? null : Date.parse(expires) };
    return { key: (await createKey(plane.store, plane.clock, whole, by)).key, cutOff: [] };
  } finally {
    await plane.close();
  }
}

function expiryOf(text: string | undefined): string | null {
  if (text === undefined) return null;
  const time = Date.parse(text);
  if (Number.isNaN(time))
    throw new Failure("USAGE", { message: `--expires is ${text}; for example 2027-01-31T00:00:00Z` });
  return new Date(time).toISOString();
}

async function print(terminal: Terminal, options: KeyOptions, context: CommandContext): Promise<ExitCode> {
  const { keys } = await (await openApi(options, context.workingDirectory)).get<{ keys: KeyView[] }>("/v1/keys");
  terminal.document({ schema: "umpire.keys/1", keys });
  if (keys.length === 0) terminal.print(" no key yet: umpire keys create NAME --role admin");
  const rows = keys.map((key) => [
    key.name,
    key.role,
    `made ${timeWords(key.created)}`,
    key.expires === null ? "" : `until ${timeWords(key.expires)}`,
  ]);
  printRows(terminal, rows);
  return 0;
}

async function drop(terminal: Terminal, options: KeyOptions, name: string, context: CommandContext): Promise<ExitCode> {
  const api = await openApi(options, context.workingDirectory);
  const answer = await api.send("DELETE", `/v1/keys/${encodeURIComponent(name)}`);
  terminal.document({ schema: "umpire.key-deleted/1", ...(answer as object) });
  terminal.print(` ✓ the key of ${name} counts no longer`);
  return 0;
}

import { resolve } from "node:path";
import type { Command } from "commander";
import type { LiveModel } from "../../../app/rollout/after-restore.ts";
import type { RestoredBackup } from "../../../composition/backups.ts";
import { timeWords } from "../api/table.ts";
import type { Terminal } from "../terminal.ts";
import { type CommandContext, type SharedOptions, withSharedOptions } from "../context.ts";
import { stateFolder } from "./server.ts";

interface RestoreOptions extends SharedOptions {
  readonly state?: string;
  readonly replace?: boolean;
}

/** What follows when the server starts: the gateways do what this state says, also where it is older than what they did. */
function tellRestored(terminal: Terminal, { before, models, gone, held, lost }: RestoredBackup): void {
  if (before !== null) terminal.print(`   what was there before is in ${before}`);
  if (lost !== null && lost > 0) terminal.print(`   ${lost} changes of the trail there came after the backup`);
  if (models.length > 0) terminal.print("   as soon as the server starts, the gateways go by this state:");
  for (const model of models) {
    terminal.print(`   ${model.model}   ${liveText(model)}`);
    if (model.before !== undefined) terminal.print(`     ✗ before the restore: ${liveText(model.before)}`);
  }
  if (gone.length > 0) terminal.print(`   ✗ not in the backup: ${gone.join(", ")}`);
  for (const id of held) {
    terminal.print(`   release ${id} is held: umpire release resume ${id.replace(/\.r\d+$/, "")}, or umpire rollback`);
  }
}

function liveText({ champion, versions, since, reason }: LiveModel): string {
  const [, ...others] = versions;
  const beside = others.length === 0 ? "" : ` (beside it ${others.join(", ")})`;
  const from = since === null ? "" : ` since ${timeWords(new Date(since).toISOString())}`;
  return `version ${champion}${beside}${from}${reason === null ? "" : `: ${reason}`}`;
}

export function register(program: Command, context: CommandContext): void {
  const command = program
    .command("restore")
    .argument("<backup>", "folder of a backup")
    .summary("put a backup of the server's state in its place")
    .description(
      "Checks a backup and puts it where the state of a server is. The server must not run; what was there is kept beside it.",
    )
    .option("--state <dir>", "folder of the state; default server in the folder of --out")
    .option("--replace", "put it in the place of a state that is there");
  withSharedOptions(command)
    .addHelpText("after", "\nExample:\n  umpire restore /backups/umpire-monday --replace")
    .action(
      context.action<RestoreOptions>(async (terminal, options, [from = ""]) => {
        const { restoreBackup } = await import("../../../composition/backups.ts");
        const folder = stateFolder(options, context);
        const { userName } = await import("../api/api-client.ts");
        const by = { name: userName(), role: "admin" };
        const backup = resolve(context.workingDirectory, from);
        const restored = await restoreBackup(backup, folder, options.replace === true, by);
        terminal.document({ schema: "umpire.restore/1", state: folder, ...restored });
        terminal.print(` ✓ ${folder} is as ${from} was`);
        tellRestored(terminal, restored);
        return 0;
      }),
    );
}

import { resolve } from "node:path";
import type { Command } from "commander";
import { type CommandContext, type SharedOptions, withSharedOptions } from "../context.ts";
import { stateFolder } from "./server.ts";

interface RestoreOptions extends SharedOptions {
  readonly state?: string;
  readonly replace?: boolean;
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
        const before = await restoreBackup(resolve(context.workingDirectory, from), folder, options.replace === true);
        terminal.document({ schema: "umpire.restore/1", state: folder, before });
        terminal.print(` ✓ ${folder} is as ${from} was`);
        if (before !== null) terminal.print(`   what was there before is in ${before}`);
        return 0;
      }),
    );
}

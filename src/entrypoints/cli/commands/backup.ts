import { resolve } from "node:path";
import type { Command } from "commander";
import { type CommandContext, type SharedOptions, withSharedOptions } from "../context.ts";
import { stateFolder } from "./server.ts";

interface BackupOptions extends SharedOptions {
  readonly state?: string;
}

export function register(program: Command, context: CommandContext): void {
  const command = program
    .command("backup")
    .argument("<dir>", "new folder for the backup")
    .summary("copy the server's state, also while it runs")
    .description(
      "Copies the state of a server, also while it runs, with its files and their digests. The prediction log is not part of it.",
    )
    .option("--state <dir>", "folder of the state; default server in the folder of --out");
  withSharedOptions(command)
    .addHelpText("after", "\nExample:\n  umpire backup /backups/umpire-monday")
    .action(
      context.action<BackupOptions>(async (terminal, options, [target = ""]) => {
        const { makeBackup } = await import("../../../composition/backups.ts");
        const { files } = await makeBackup(stateFolder(options, context), resolve(context.workingDirectory, target));
        const sizes = Object.values(files).map((file) => file.bytes);
        const bytes = sizes.reduce((sum, size) => sum + size, 0);
        terminal.document({ schema: "umpire.backup/1", folder: target, files: sizes.length, bytes });
        terminal.print(` ✓ ${target}   ${sizes.length} files, ${bytes.toLocaleString("en-US")} bytes`);
        return 0;
      }),
    );
}

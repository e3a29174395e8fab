import { mkdir } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { Command } from "commander";
import { Failure } from "../../../core/failures.ts";
import { parseTime } from "../../../core/tables/parse-time.ts";
import { type CommandContext, type SharedOptions, withSharedOptions } from "../context.ts";
import { loggingOf } from "./gateway-settings.ts";

interface ExportOptions extends SharedOptions {
  readonly config?: string;
  readonly log?: string;
  readonly model?: string;
  readonly asOf?: string;
  readonly to: string;
  readonly unlabelled?: boolean;
  readonly rotate?: boolean;
}

export function register(program: Command, context: CommandContext): void {
  const command = program
    .command("export")
    .summary("served features joined with their labels, as a training set")
    .description("Writes what was served, as it was served, with the labels that were known at a time.")
    .option("--config <file>", "umpire.yaml of the gateway; default umpire.yaml where there is one")
    .option("--log <dir>", "folder of the prediction log; default in the folder of --out")
    .option("--model <name>", "which model, where the log holds several")
    .option("--as-of <time>", "predictions and labels until then; default now")
    .option("--to <file>", ".parquet, .csv or .jsonl", "training.parquet")
    .option("--unlabelled", "predictions without a label too")
    .option("--rotate", "first turn closed segments of the log into Parquet");
  withSharedOptions(command)
    .addHelpText("after", "\nExample:\n  umpire export --model ranker --as-of 2026-11-01 --to training.parquet")
    .action(
      context.action<ExportOptions>(async (terminal, options) => {
        const { openEventArchive } = await import("../../../composition/gateway.ts");
        const folder = context.workingDirectory;
        const { log } = await loggingOf(options, folder);
        const archive = await openEventArchive(log.folder);
        if (options.rotate === true) await archive.rotate();
        const to = resolve(folder, options.to);
        await mkdir(dirname(to), { recursive: true });
        const result = await archive.exportTraining({
          model: options.model ?? null,
          asOf: timeOf(options.asOf),
          to,
          unlabelled: options.unlabelled ?? false,
        });
        terminal.print(
          `${result.labelled.toLocaleString("en-US")} of ${result.predictions.toLocaleString("en-US")} predictions of ${result.model} have a label; ${result.features.length} features; ${options.to}`,
        );
        if (result.strayLabels > 0) {
          terminal.remark(
            `labels that belong to no prediction in this log: ${result.strayLabels.toLocaleString("en-US")}; their ids or keys are none of its own`,
          );
        }
        const { strayLabels, ...counts } = result;
        terminal.document({ schema: "umpire.export/1", ...counts, stray_labels: strayLabels, to: options.to });
        return result.labelled === 0 && options.unlabelled !== true ? 3 : 0;
      }),
    );
}

function timeOf(text: string | undefined): number {
  if (text === undefined) return Date.now();
  const time = parseTime(text);
  if (time !== null) return time;
  throw new Failure("USAGE", { message: `--as-of is ${text}; a time such as 2026-11-23T09:30:00Z` });
}

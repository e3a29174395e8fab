import { resolve } from "node:path";
import type { Command } from "commander";
import { readKey } from "../api/api-client.ts";
import { type CommandContext, type ExitCode, type SharedOptions, withSharedOptions } from "../context.ts";
import type { Terminal } from "../terminal.ts";
import { loggingOf } from "./gateway-settings.ts";
import { serverAddress } from "../api/server-address.ts";

interface LabelOptions extends SharedOptions {
  readonly url?: string;
  readonly keyFile?: string;
  readonly config?: string;
  readonly log?: string;
  readonly model?: string;
  readonly id?: string;
  readonly by?: string;
  readonly item?: string;
  readonly label: string;
  readonly time?: string;
  readonly name?: string;
}

export function register(program: Command, context: CommandContext): void {
  const command = program
    .command("label")
    .argument("<file...>", "files or globs with one label a row")
    .summary("bring labels for predictions, from files")
    .description("Labels may come late, in parts, corrected and repeated: the latest stands, all are kept.")
    .option("--url <address>", "the gateway; without it the log's folder is written to")
    .option("--key-file <file>", "file with the gateway's key; default the variable UMPIRE_KEY")
    .option("--config <file>", "umpire.yaml of the gateway; default umpire.yaml where there is one")
    .option("--log <dir>", "folder of the prediction log; default in the folder of --out")
    .option("--model <name>", "of which model")
    .option("--id <column>", "column with the prediction's id")
    .option("--by <column>", "column with your own key")
    .option("--item <column>", "column with the item, where the key names a list")
    .option("--label <column>", "column with the label", "label")
    .option("--time <column>", "column with the time when the label was known")
    .option("--name <text>", "what is labelled, where a prediction has several labels");
  withSharedOptions(command)
    .addHelpText("after", "\nExample:\n  umpire label labels.csv --by request_id --item item_id --time label_time")
    .action(context.action<LabelOptions>((terminal, options, inputs) => bring(terminal, options, inputs, context)));
}

async function bring(
  terminal: Terminal,
  options: LabelOptions,
  inputs: readonly string[],
  context: CommandContext,
): Promise<ExitCode> {
  const { openTableReader } = await import("../../../composition/table-reader.ts");
  const { fileRecords } = await import("../../../app/serving/file-records.ts");
  const { openLabelSink } = await import("../../../composition/label-sink.ts");
  const { labelFromRecord } = await import("../../../app/serving/label-from-record.ts");
  const folder = context.workingDirectory;
  const sink = await openLabelSink(
    options.url === undefined
      ? await loggingOf(options, folder)
      : { url: serverAddress(options.url, "--url"), key: await readKey(options.keyFile, folder) },
  );
  const reader = await openTableReader();
  const named = [options.id, options.by, options.item, "id", "prediction_id", "key"];
  const names = new Set(named.filter((name) => name !== undefined));
  let accepted = 0;
  let repeated = 0;
  try {
    let row = 0;
    for await (const block of fileRecords(
      reader,
      inputs.map((path) => resolve(folder, path)),
      2000,
      { signal: context.signal, names },
    )) {
      const outcome = await sink.take(block.map((record) => labelFromRecord(record, options, row++)));
      accepted += outcome.accepted;
      repeated += outcome.repeated;
    }
  } finally {
    await reader.close();
    await sink.close();
  }
  terminal.print(`${accepted.toLocaleString("en-US")} labels kept, ${repeated.toLocaleString("en-US")} repeated`);
  terminal.document({ schema: "umpire.label/1", accepted, repeated });
  return 0;
}

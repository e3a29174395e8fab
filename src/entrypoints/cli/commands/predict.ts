import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { Command } from "commander";
import { Failure } from "../../../core/failures.ts";
import { type CommandContext, type ExitCode, type SharedOptions, withSharedOptions } from "../context.ts";
import type { ServedModel } from "../../../app/serving/served-model.ts";
import type { Terminal } from "../terminal.ts";
import { type GatewayOptions, settingsOf } from "./gateway-settings.ts";

/** Columns that name something: those with a meaning of their own, and what a model reads as text. */
function namedColumns(model: ServedModel): ReadonlySet<string> {
  const { unit, id, group, item } = model.options.columns;
  const names = [unit, id, group, item].filter((name) => name !== null);
  for (const version of model.versions) {
    const { inputs, columns } = model.slot(version)!.model;
    const texts = inputs.filter((input) => input.datatype === "BYTES").map((input) => input.name);
    names.push(...(texts.length === inputs.length ? columns : texts));
  }
  return new Set(names);
}

interface PredictOptions extends SharedOptions, GatewayOptions {
  readonly config?: string;
  readonly name?: string;
  readonly version?: string;
  readonly to: string;
}

export function register(program: Command, context: CommandContext): void {
  const command = program
    .command("predict")
    .argument("<file...>", "files or globs: Parquet, CSV, TSV, JSON, JSON lines")
    .summary("score files as live requests are scored")
    .description(
      "Sends the rows of files through the path of live requests: the same contract, rules, version and log.",
    )
    .option("--config <file>", "umpire.yaml with a gateway section; default umpire.yaml where there is one")
    .option(
      "--model <name=where>",
      "NAME=FILE.onnx or NAME=http://…",
      (value: string, before: string[]) => [...before, value],
      [],
    )
    .option("--name <model>", "which model, where several are served")
    .option("--version <name>", "one version for all rows, without routing")
    .option("--log <dir>", "folder of the prediction log")
    .option("--log-mode <mode>", "durable, written (default) or early")
    .option("--to <file>", "where predictions go: .csv or .jsonl", "predictions.csv");
  withSharedOptions(command)
    .addHelpText("after", "\nExample:\n  umpire predict tomorrow.parquet --config umpire.yaml --to scores.csv")
    .action(
      context.action<PredictOptions>((terminal, options, positional) =>
        predict(terminal, options, positional, context),
      ),
    );
}

async function predict(
  terminal: Terminal,
  options: PredictOptions,
  inputs: readonly string[],
  context: CommandContext,
): Promise<ExitCode> {
  const { openGateway } = await import("../../../composition/gateway.ts");
  const { openTableReader } = await import("../../../composition/table-reader.ts");
  const { fileRecords } = await import("../../../app/serving/file-records.ts");
  const { predictRecords } = await import("../../../app/serving/predict-file.ts");
  const { createRowWriter } = await import("../../../app/serving/delimited-text.ts");
  const folder = context.workingDirectory;
  const settings = await settingsOf(options, options.config === undefined ? [] : [options.config], folder);
  const gateway = await openGateway(settings.config);
  const reader = await openTableReader();
  const target = resolve(folder, options.to);
  const beside = `${target}.${process.pid}.new`;
  await mkdir(dirname(target), { recursive: true });
  const out = await open(beside, "w");
  let rows = 0;
  let rejected = 0;
  try {
    const names = [...gateway.models.keys()];
    const name = options.name ?? names[0]!;
    if (options.name === undefined && names.length > 1) {
      throw new Failure("USAGE", {
        message: `${names.length} models are served`,
        mend: [`--name ${names.join(" | ")}`],
      });
    }
    const write = createRowWriter(/\.(jsonl|ndjson|json)$/i.test(options.to) ? "jsonl" : "csv");
    const records = fileRecords(
      reader,
      inputs.map((path) => resolve(folder, path)),
      8192,
      { signal: context.signal, names: namedColumns(gateway.path.model(name)) },
    );
    const progress = terminal.progress("scoring");
    for await (const part of predictRecords(gateway.path, gateway.path.model(name), options.version ?? null, records)) {
      context.signal.throwIfAborted();
      await out.write(write(part));
      rows += part.length;
      rejected += part.filter((row) => row["rejected"] !== null).length;
      progress.update(rows, null, "rows");
    }
    progress.done();
    await out.sync();
    await out.close();
    await rename(beside, target);
  } catch (error) {
    await out.close().catch(() => {});
    await rm(beside, { force: true });
    throw error;
  } finally {
    await reader.close();
    await gateway.close();
  }
  terminal.print(
    `${rows.toLocaleString("en-US")} rows scored, ${rejected.toLocaleString("en-US")} refused; ${options.to}`,
  );
  terminal.document({ schema: "umpire.predict/1", rows, rejected, to: options.to });
  return 0;
}

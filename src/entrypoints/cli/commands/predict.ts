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
  if (!/\.(csv|jsonl|ndjson|json)$/i.test(options.to)) {
    throw new Failure("USAGE", { message: `--to ${options.to} is neither .csv nor .jsonl` });
  }
  const settings = await settingsOf(options, options.config === undefined ? [] : [options.config], folder);
  const gateway = await openGateway(settings.config);
  const reader = await openTableReader();
  const target = resolve(folder, options.to);
  const beside = `${target}.${process.pid}.new`;
  await mkdir(dirname(target), { recursive: true });
  const out = await open(beside, "w");
  let rows = 0;
  let rejected = 0;
  let unanswered = 0;
  let why: string | null = null;
  try {
    const name = nameOf([...gateway.models.keys()], options.name);
    const served = gateway.path.model(name);
    if (options.version !== undefined && !served.versions.includes(options.version)) {
      throw new Failure("USAGE", {
        message: `"${name}" has no version "${options.version}"`,
        mend: [`--version ${served.versions.join(" | ")}`],
      });
    }
    const write = createRowWriter(/\.(jsonl|ndjson|json)$/i.test(options.to) ? "jsonl" : "csv");
    const records = fileRecords(
      reader,
      inputs.map((path) => resolve(folder, path)),
      8192,
      { signal: context.signal, names: namedColumns(served) },
    );
    const progress = terminal.progress("scoring");
    for await (const part of predictRecords(gateway.path, served, options.version ?? null, records)) {
      context.signal.throwIfAborted();
      await out.write(write(part));
      rows += part.length;
      for (const row of part) {
        const reason = row["rejected"] ?? row["error"];
        if (row["rejected"] !== null) rejected++;
        if (row["error"] !== null) unanswered++;
        if (why === null && reason != null) why = `row ${row["row"]}: ${reason}`;
      }
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
  const count = (value: number): string => value.toLocaleString("en-US");
  const missing = unanswered === 0 ? "" : `, ${count(unanswered)} that no version could answer`;
  const scored = rows - rejected - unanswered;
  terminal.print(`${count(scored)} rows scored, ${count(rejected)} refused${missing}; ${options.to}`);
  if (why !== null) terminal.remark(`the first without an answer is ${why}`);
  terminal.document({ schema: "umpire.predict/1", rows, rejected, unanswered, to: options.to });
  return unanswered > 0 || (rows > 0 && scored === 0) ? 1 : 0;
}

function nameOf(names: readonly string[], asked: string | undefined): string {
  const [only] = names;
  if (asked === undefined && names.length === 1) return only!;
  if (asked !== undefined && names.includes(asked)) return asked;
  throw new Failure("USAGE", {
    message: asked === undefined ? `${names.length} models are served` : `there is no model "${asked}"`,
    mend: [`--name ${names.join(" | ")}`],
  });
}

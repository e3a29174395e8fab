import { readKey } from "../api/api-client.ts";
import { resolve } from "node:path";
import type { Command } from "commander";
import type { GivenLabel } from "../../../app/serving/label-intake.ts";
import { Failure } from "../../../core/failures.ts";
import { nearest } from "../../../core/nearest.ts";
import type { FeatureRecord } from "../../../core/serving/feature-record.ts";
import { requestTime } from "../../../core/tables/parse-time.ts";
import { type CommandContext, type ExitCode, type SharedOptions, withSharedOptions } from "../context.ts";
import type { Terminal } from "../terminal.ts";
import { serverAddress } from "../api/server-address.ts";

interface ReplayOptions extends SharedOptions {
  readonly url: string;
  readonly model: string;
  readonly keyFile?: string;
  readonly time: string;
  readonly group?: string;
  readonly id?: string;
  readonly speed: string;
  readonly labels?: string;
  readonly labelTime: string;
  readonly labelBy?: string;
  readonly labelItem?: string;
  readonly labelColumn: string;
}

export function register(program: Command, context: CommandContext): void {
  const command = program
    .command("replay")
    .argument("<file...>", "production files: one row a record")
    .summary("send past requests to a gateway again, with their labels arriving late")
    .description("Sends the rows of files to a running gateway in the order of time, many times as fast as they came.")
    .requiredOption("--model <name>", "which model is asked")
    .option("--url <address>", "the gateway", "http://127.0.0.1:8080")
    .option("--key-file <file>", "file with the gateway's key; default the variable UMPIRE_KEY")
    .option("--time <column>", "column with the time of the request", "timestamp")
    .option("--group <column>", "ranking: rows that agree here are one list")
    .option("--id <column>", "column whose value is the key of the request, for labels")
    .option("--speed <factor>", "times as fast as it was, or max", "max")
    .option("--labels <file>", "file with the labels")
    .option("--label-time <column>", "when a label was known", "label_time")
    .option("--label-by <column>", "the request's key in the file of labels; default --group or --id")
    .option("--label-item <column>", "the item in the file of labels")
    .option("--label-column <column>", "the label", "label");
  withSharedOptions(command)
    .addHelpText(
      "after",
      "\nExample:\n  umpire replay production.parquet --model ranker --group request_id --speed 3600 --labels labels.parquet --label-item item_id",
    )
    .action(context.action<ReplayOptions>((terminal, options, inputs) => run(terminal, options, inputs, context)));
}

async function run(
  terminal: Terminal,
  options: ReplayOptions,
  inputs: readonly string[],
  context: CommandContext,
): Promise<ExitCode> {
  const { replay, pastRequests } = await import("../../../app/serving/replay.ts");
  const { labelFromRecord } = await import("../../../app/serving/label-from-record.ts");
  const speed = speedOf(options.speed);
  const by = options.group ?? options.id ?? null;
  const asked = [options.group, options.id, options.labelBy, options.labelItem];
  const names = new Set(asked.filter((name) => name !== undefined));
  const records = await rowsOf(inputs, names, context);
  for (const name of [options.group, options.id]) if (name !== undefined) requireColumn(records, name);
  // In their own order rows can be sent without a time, but not as fast as they came.
  if (speed !== Number.POSITIVE_INFINITY || options.time !== "timestamp") requireColumn(records, options.time);
  const requests = pastRequests(records, (record) => requestTime(record[options.time]), {
    group: options.group ?? null,
    id: options.id ?? null,
  });
  const labels = options.labels === undefined ? [] : await rowsOf([options.labels], names, context);
  const columns = {
    label: options.labelColumn,
    time: options.labelTime,
    model: options.model,
    ...((options.labelBy ?? by) === null ? {} : { by: options.labelBy ?? by! }),
    ...(options.labelItem === undefined ? {} : { item: options.labelItem }),
  };
  const given = labels
    .map((record, row) => labelFromRecord(record, columns, row))
    .filter((label): label is GivenLabel & { time: number } => label.time !== null)
    .sort((a, b) => a.time - b.time);
  if (given.length < labels.length) {
    const lacking = (labels.length - given.length).toLocaleString("en-US");
    terminal.remark(`labels without a time in "${options.labelTime}", which are not sent: ${lacking}`);
  }
  const headers = await headersOf(options, context.workingDirectory);
  const url = serverAddress(options.url, "--url");
  const progress = terminal.progress("replaying");
  const post = async (path: string, body: unknown): Promise<void> => {
    context.signal.throwIfAborted();
    const response = await fetch(new URL(path, url), {
      method: "POST",
      headers,
      body: JSON.stringify(body),
      signal: context.signal,
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${response.status}: ${text.slice(0, 300)}`);
  };
  const door = `/v1/models/${encodeURIComponent(options.model)}/predict`;
  const started = performance.now();
  const result = await replay(requests, given, speed, {
    send: ({ records: rows, key, time }) =>
      post(door, {
        ...(options.group === undefined ? { record: rows[0] } : { items: rows }),
        key,
        ...(time > 0 ? { time } : {}),
      }),
    label: (batch) => post("/v1/labels", { labels: batch.map(labelBody) }),
    monotonic: () => performance.now(),
    wait: (milliseconds) => new Promise((done) => setTimeout(done, milliseconds)),
    onProgress: (done, total) => progress.update(done, total, "requests"),
  });
  progress.done();
  return tell(terminal, result, (performance.now() - started) / 1000);
}

function tell(
  terminal: Terminal,
  result: Awaited<ReturnType<typeof import("../../../app/serving/replay.ts").replay>>,
  seconds: number,
): ExitCode {
  const sorted = result.milliseconds.toSorted((a, b) => a - b);
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
  const count = (value: number): string => value.toLocaleString("en-US");
  terminal.print(
    `${count(result.requests)} requests and ${count(result.labels)} labels in ${seconds.toFixed(1)} s, ${count(result.failed)} failed; p50 ${at(0.5).toFixed(1)} ms, p99 ${at(0.99).toFixed(1)} ms`,
  );
  if (result.firstFailure !== null) terminal.remark(`the first failure: ${result.firstFailure}`);
  const { milliseconds: _, ...counts } = result;
  terminal.document({ schema: "umpire.replay/1", ...counts, seconds, p50: at(0.5), p99: at(0.99) });
  return result.failed === 0 ? 0 : 1;
}

async function rowsOf(
  inputs: readonly string[],
  names: ReadonlySet<string>,
  context: CommandContext,
): Promise<FeatureRecord[]> {
  const { openTableReader } = await import("../../../composition/table-reader.ts");
  const { fileRecords } = await import("../../../app/serving/file-records.ts");
  const reader = await openTableReader();
  const rows: FeatureRecord[] = [];
  try {
    const paths = inputs.map((path) => resolve(context.workingDirectory, path));
    for await (const block of fileRecords(reader, paths, 8192, { signal: context.signal, names })) rows.push(...block);
  } finally {
    await reader.close();
  }
  return rows;
}

async function headersOf(options: ReplayOptions, folder: string): Promise<Record<string, string>> {
  const key = await readKey(options.keyFile, folder);
  return { "content-type": "application/json", ...(key === null ? {} : { authorization: `Bearer ${key}` }) };
}

function requireColumn(records: readonly FeatureRecord[], name: string): void {
  const [first] = records;
  if (first === undefined || Object.hasOwn(first, name)) return;
  const near = nearest(name, Object.keys(first));
  throw new Failure("COLUMN_MISSING", {
    message: `there is no column "${name}"`,
    mend: [near.length > 0 ? `nearest: ${near.join(", ")}` : `columns: ${Object.keys(first).slice(0, 20).join(", ")}`],
  });
}

function labelBody(label: GivenLabel): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(label).filter(([, value]) => value !== null));
}

function speedOf(text: string): number {
  if (text === "max") return Number.POSITIVE_INFINITY;
  const speed = Number(text);
  if (speed > 0) return speed;
  throw new Failure("USAGE", { message: `--speed is ${text}; a factor such as 3600, or max` });
}

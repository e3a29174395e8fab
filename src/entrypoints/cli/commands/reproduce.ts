import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { Command } from "commander";
import type { Reproduction } from "../../../app/retraining/reproduce.ts";
import type { AnswerGap } from "../../../app/watch/compare-files.ts";
import { Failure } from "../../../core/failures.ts";
import type { RetrainingRecord } from "../../../core/retraining/run-record.ts";
import { openApi } from "../api/api-client.ts";
import { downloadVersion, type RecordedVersion, recordedVersion } from "../api/recorded-version.ts";
import { type ServerCommandOptions, withServerOptions } from "../api/server-options.ts";
import type { CommandContext } from "../context.ts";
import type { Terminal } from "../terminal.ts";

interface ReproduceOptions extends ServerCommandOptions {
  readonly folder: string;
  readonly policy: string;
  readonly model?: string;
  readonly tolerance: string;
}

/** What is run again: a record, and the registered version that it made where one was named. */
interface Subject {
  readonly record: RetrainingRecord;
  readonly version: RecordedVersion | null;
  /** Where the logs and files of the new run go. */
  readonly place: string;
}

export function register(program: Command, context: CommandContext): void {
  const command = program
    .command("reproduce")
    .argument("<what>", "MODEL@VERSION of a server, or retraining.json of a run")
    .option("--model <name>", "the model, where only the version is named")
    .option("--folder <dir>", "the folder of the policy, where the steps run", ".")
    .option(
      "--policy <file>",
      "policy in that folder; its test data compare answers that are not byte for byte the same",
      "umpire.yaml",
    )
    .option("--tolerance <number>", "largest difference of two answers that still are the same", "0.000001")
    .summary("run a recorded retraining again and compare what comes out")
    .description(
      "Runs the steps of a recorded retraining again and compares every output by its fingerprint; of a registered version whose file comes out different, the answers to the test data. The files that are there now come back afterwards.\n\nExit codes: 0 the same, 1 different, 2 could not be run again.",
    );
  withServerOptions(command)
    .addHelpText(
      "after",
      "\nExamples:\n  umpire reproduce film-ranker@3\n  umpire reproduce --model film-ranker champion --tolerance 0.001\n  umpire reproduce .umpire/film-ranker/runs/20261123T030000Z-1f2e/retraining.json",
    )
    .action(
      context.action<ReproduceOptions>(async (terminal, options, [what = ""]) => {
        const tolerance = Number(options.tolerance);
        if (!(tolerance >= 0))
          throw new Failure("USAGE", { message: `--tolerance is ${options.tolerance}; it is a number of 0 or more` });
        const folder = resolve(context.workingDirectory, options.folder);
        const subject = await subjectOf(what, options, folder, context);
        const [{ reproduce }, { retrainingTools }] = await Promise.all([
          import("../../../app/retraining/reproduce.ts"),
          import("../../../composition/retraining-tools.ts"),
        ]);
        const result = await reproduce(subject.record, folder, {
          ...retrainingTools(),
          runFile: (name) => join(subject.place, name),
          tell: (text) => terminal.remark(text),
          signal: context.signal,
        });
        const gap = await gapOf(subject, result, folder, options, context);
        const same = result.same || (gap !== null && gap.largest <= tolerance);
        answer(terminal, subject, result, gap, same);
        return same ? 0 : 1;
      }),
    );
}

async function subjectOf(
  what: string,
  options: ReproduceOptions,
  folder: string,
  context: CommandContext,
): Promise<Subject> {
  const named = options.model === undefined ? /^([^@/\\]+)@([^@/\\]+)$/.exec(what) : ["", options.model, what];
  const file = resolve(context.workingDirectory, what);
  if (named === null || (options.model === undefined && existsSync(file))) {
    return { record: await readRecord(file, what), version: null, place: join(dirname(file), "again") };
  }
  const api = await openApi(options, context.workingDirectory);
  const version = await recordedVersion(api, named[1]!, named[2]!);
  const place = join(folder, ".umpire", "reproduce", `${version.record.id}-${randomBytes(2).toString("hex")}`);
  mkdirSync(place, { recursive: true });
  return { record: version.record, version, place };
}

/** How far the answers of the new file lie from those of the version; null where there is nothing to compare. */
async function gapOf(
  { version, place, record }: Subject,
  result: Reproduction,
  folder: string,
  options: ReproduceOptions,
  context: CommandContext,
): Promise<AnswerGap | null> {
  if (version === null || result.same || result.record.outcome === "failed") return null;
  const api = await openApi(options, context.workingDirectory);
  const was = await downloadVersion(api, version, place);
  if (was === null) return null;
  const [{ readPolicy }, { compareFiles }, { judgeTools }] = await Promise.all([
    import("../../../app/judge/read-policy.ts"),
    import("../../../app/watch/compare-files.ts"),
    import("../../../composition/judge-tools.ts"),
  ]);
  const tools = await judgeTools(() => undefined, context.signal);
  try {
    const onDisk = await readPolicy(options.policy, folder);
    return await compareFiles(onDisk, version.artifact, [was, join(place, "written", record.artifact!.path)], tools);
  } finally {
    await tools.close();
  }
}

function answer(
  terminal: Terminal,
  { record: was, version }: Subject,
  result: Reproduction,
  gap: AnswerGap | null,
  same: boolean,
): void {
  const { differences, codeDiffers, record } = result;
  const name = version === null ? was.id : `${version.model}@${version.version} (run ${was.id})`;
  terminal.document({
    schema: "umpire.reproduction/1",
    run: was.id,
    version: version?.version ?? null,
    same,
    bytes: result.same,
    answers: gap,
    codeDiffers,
    differences,
    reason: record.reason,
  });
  const outputs = was.steps.reduce((sum, step) => sum + step.outputs.length, 0);
  const rows =
    gap === null
      ? ""
      : `${gap.rows.toLocaleString("en-US")} answers to the test data differ by at most ${Number(gap.largest.toPrecision(3))}`;
  if (result.same) terminal.print(` ✓ ${name} comes out the same: ${outputs} of ${outputs} outputs, byte for byte`);
  else if (record.outcome === "failed") terminal.print(` ✗ ${name} does not run again: ${record.reason}`);
  else {
    terminal.print(
      ` ${same ? "✓" : "✗"} ${name} comes out different: ${differences.length} of ${outputs} outputs${gap === null ? "" : `; ${rows}`}\n\n`,
    );
    for (const { step, path } of differences) terminal.print(`   ${step}: ${path}`);
  }
  if (codeDiffers) {
    terminal.print(`   the code is another: then ${was.environment.commit}, now ${record.environment.commit}`);
  }
}

async function readRecord(file: string, shown: string): Promise<RetrainingRecord> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (cause) {
    const mend = ["umpire retrain writes retraining.json into the folder of the run"];
    throw new Failure("FILE_MISSING", {
      where: shown,
      message: "there is no record here that can be read",
      mend,
      cause,
    });
  }
  try {
    const value = JSON.parse(text) as RetrainingRecord;
    if (value.schema === "umpire.retraining/1") return value;
  } catch {
    // Told below, as for a document of another kind.
  }
  throw new Failure("RECORD", {
    where: shown,
    message: "this is not the record of a retraining (umpire.retraining/1)",
  });
}

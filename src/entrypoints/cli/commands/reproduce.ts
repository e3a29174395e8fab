import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { Command } from "commander";
import type { Reproduction } from "../../../app/retraining/reproduce.ts";
import { Failure } from "../../../core/failures.ts";
import type { RetrainingRecord } from "../../../core/retraining/run-record.ts";
import { withSharedOptions, type CommandContext, type SharedOptions } from "../context.ts";
import type { Terminal } from "../terminal.ts";

interface ReproduceOptions extends SharedOptions {
  readonly folder: string;
}

export function register(program: Command, context: CommandContext): void {
  const command = program
    .command("reproduce")
    .argument("<record>", "retraining.json of a run")
    .option("--folder <dir>", "the folder of the policy, where the steps run", ".")
    .summary("run a recorded retraining again and compare what comes out")
    .description(
      "Runs the steps of a recorded retraining again and compares every output by its fingerprint. The files that are there now come back afterwards.\n\nExit codes: 0 the same, 1 different, 2 could not be run again.",
    )
    .addHelpText(
      "after",
      "\nExample:\n  umpire reproduce .umpire/film-ranker/runs/20261123T030000Z-1f2e/retraining.json",
    );
  withSharedOptions(command).action(
    context.action<ReproduceOptions>(async (terminal, options, [path = ""]) => {
      const file = resolve(context.workingDirectory, path);
      const was = await readRecord(file, path);
      const [{ reproduce }, { retrainingTools }] = await Promise.all([
        import("../../../app/retraining/reproduce.ts"),
        import("../../../composition/retraining-tools.ts"),
      ]);
      const again = join(dirname(file), "again");
      const result = await reproduce(was, resolve(context.workingDirectory, options.folder), {
        ...retrainingTools(),
        runFile: (name) => join(again, name),
        tell: (text) => terminal.remark(text),
        signal: context.signal,
      });
      answer(terminal, was, result);
      return result.same ? 0 : 1;
    }),
  );
}

function answer(terminal: Terminal, was: RetrainingRecord, result: Reproduction): void {
  const { same, differences, codeDiffers, record } = result;
  terminal.document({
    schema: "umpire.reproduction/1",
    run: was.id,
    same,
    codeDiffers,
    differences,
    reason: record.reason,
  });
  const outputs = was.steps.reduce((sum, step) => sum + step.outputs.length, 0);
  if (same) terminal.print(` ✓ ${was.id} comes out the same: ${outputs} of ${outputs} outputs, byte for byte`);
  else if (record.outcome === "failed") terminal.print(` ✗ ${was.id} does not run again: ${record.reason}`);
  else {
    terminal.print(` ✗ ${was.id} comes out different: ${differences.length} of ${outputs} outputs\n\n`);
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

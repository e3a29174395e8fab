import { existsSync } from "node:fs";
import { basename, dirname, relative, resolve, sep } from "node:path";
import { createInterface } from "node:readline/promises";
import type { Command } from "commander";
import type { InitCompanion } from "../../../app/init/init-policy.ts";
import type { GuessedFeatures } from "../../../app/init/guess-features.ts";
import type { InitAnswers, InitQuestion } from "../../../app/init/init-guess.ts";
import type { InitResult } from "../../../app/init/init-policy.ts";
import { Failure } from "../../../core/failures.ts";
import type { Task } from "../../../core/metrics/metric.ts";
import { type CommandContext, type SharedOptions, withSharedOptions } from "../context.ts";
import type { Terminal } from "../terminal.ts";

interface InitOptions extends SharedOptions, Omit<InitAnswers, "task"> {
  readonly task?: string;
  readonly onnx?: string;
  readonly force?: boolean;
}

const POLICY = "umpire.yaml";
const TASKS: readonly Task[] = ["binary", "multiclass", "regression", "ranking"];

/** What the data must look like, taken from the first file; left out where that file is not sound. */
const contract: InitCompanion = {
  file: "contract.yaml",
  section: "contract: contract.yaml",
  async write([reference], guess) {
    if (reference === undefined) return null;
    const [{ inferFromFile }, { writeContract }, { openCheckReader }] = await Promise.all([
      import("../../../app/check/check-data.ts"),
      import("../../../schemas/contract/write-contract.ts"),
      import("../../../composition/check-tools.ts"),
    ]);
    const name = basename(reference).replace(/\..*$/, "");
    const roles = { name, label: guess.label, time: guess.time, key: guess.id.length > 0 ? guess.id : null };
    try {
      const { contract: inferred, result } = await inferFromFile(reference, roles, await openCheckReader(), Date.now());
      const rows = result.rows.read.toLocaleString("en-US");
      return writeContract(
        inferred,
        `What ${name} must look like; inferred by Umpire from ${basename(reference)}, ${rows} rows.`,
      );
    } catch (error) {
      if (error instanceof Failure) return null;
      throw error;
    }
  },
};

/** Other files to write beside the policy. */
const companions: readonly InitCompanion[] = [contract];

export function register(program: Command, context: CommandContext): void {
  const command = program
    .command("init")
    .argument(
      "<data...>",
      "files or globs: Parquet, CSV, TSV, JSON, JSON lines, .gz; those called train* are for fitting",
    )
    .option("--label <column>", "what came true")
    .option("--champion <column>", "scores of the model in use, or an .onnx file")
    .option("--challenger <column>", "scores of the model that wants its place, or an .onnx file")
    .option("--onnx <file>", "the challenger as an ONNX file, scored here")
    .option("--unit <column>", "what comes back, such as a user; intervals are drawn from these")
    .option("--task <task>", TASKS.join(", "))
    .option("--positive <value>", "binary: the value of the label that counts as a hit")
    .option("--group <column>", "ranking: what names a list")
    .option("--item <column>", "ranking: what names an item")
    .option("--time <column>", "when a prediction was asked for")
    .option("--force", `write over an ${POLICY} that is there`)
    .summary("look at your data and write the policy that judges it")
    .description(
      `Looks at the data, guesses task, label, scores, unit, time and slices, asks on a terminal what it cannot know, and\nwrites a commented ${POLICY} in this folder that runs as it is.`,
    )
    .addHelpText(
      "after",
      "\nExamples:\n  umpire init data/test.parquet\n  umpire init test.csv --label churned --champion score_old --onnx new.onnx --unit customer_id",
    );
  withSharedOptions(command).action(
    context.action<InitOptions>(async (terminal, options, data) => {
      await init(data, terminal, options, context);
      return 0;
    }),
  );
}

async function init(
  data: readonly string[],
  terminal: Terminal,
  options: InitOptions,
  context: CommandContext,
): Promise<void> {
  const folder = context.workingDirectory;
  refuseOverwriting(folder, options.force === true);
  const answers = answersOf(options, folder);
  const [{ initPolicy }, { openTableReader }, { createOutputFolder }] = await Promise.all([
    import("../../../app/init/init-policy.ts"),
    import("../../../composition/table-reader.ts"),
    import("../../../composition/output-folder.ts"),
  ]);
  const { openInput } = await import("../../../composition/describe-model.ts");
  const progress = terminal.progress("reading");
  const reader = await openTableReader();
  const asking = process.stdin.isTTY && process.stderr.isTTY && !terminal.json;
  try {
    const result = await initPolicy(
      {
        data: data.map((path) => resolve(folder, path)),
        relative: (path) => relativePath(folder, path),
        model: modelName(folder, data[0] ?? ""),
        answers,
        companions,
        openInput,
        signal: context.signal,
        onProgress: (done, total) => progress.update(done, total, "rows"),
        ...(asking ? { ask: (question: InitQuestion) => askOnTerminal(question, context.signal) } : {}),
      },
      reader,
    );
    progress.done();
    context.signal.throwIfAborted();
    await createOutputFolder(folder).write(result.files);
    tell(terminal, [...result.files.keys()], result);
  } finally {
    progress.done();
    await reader.close();
  }
}

function refuseOverwriting(folder: string, force: boolean): void {
  const there = [POLICY, ...companions.map((companion) => companion.file)].filter((file) =>
    existsSync(resolve(folder, file)),
  );
  if (there.length === 0 || force) return;
  throw new Failure("USAGE", {
    where: there.join(", "),
    message: `is there already and is left as it is`,
    mend: ["--force writes over it; or go to another folder"],
  });
}

function answersOf(options: InitOptions, folder: string): InitAnswers {
  const { label, positive, champion, group, item, unit, time, task, onnx } = options;
  if (onnx !== undefined && options.challenger !== undefined) {
    throw new Failure("USAGE", {
      message: "--onnx and --challenger both name the challenger",
      mend: ["give one of them; the champion may be an .onnx file too: --champion FILE.onnx"],
    });
  }
  if (task !== undefined && !TASKS.includes(task as Task)) {
    throw new Failure("USAGE", { message: `--task: there is no task "${task}"`, mend: [`tasks: ${TASKS.join(", ")}`] });
  }
  const challenger = onnx ?? options.challenger;
  const given = {
    label,
    positive,
    champion: model(champion, folder),
    challenger: model(challenger, folder, onnx !== undefined),
  };
  const all = { ...given, group, item, unit, time, task };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as InitAnswers;
}

/** A path to an ONNX file becomes absolute; a column stays as it is. */
function model(given: string | undefined, folder: string, isFile = false): string | undefined {
  if (given === undefined || !(isFile || given.toLowerCase().endsWith(".onnx"))) return given;
  const path = resolve(folder, given);
  if (!existsSync(path)) {
    throw new Failure("FILE_MISSING", { where: given, message: "there is no such file", mend: ["paths start here"] });
  }
  if (!path.toLowerCase().endsWith(".onnx")) {
    throw new Failure("USAGE", { where: given, message: "is not called .onnx", mend: ["--onnx takes an ONNX file"] });
  }
  return path;
}

function relativePath(folder: string, path: string): string {
  const short = relative(folder, path).split(sep).join("/");
  return short === "" ? "." : short;
}

const PLAIN_FOLDERS = new Set(["data", "test", "tests", "tmp", "temp", "dataset", "datasets", "input", "inputs", ""]);

function featuresRemark({ input, width, columns, fits }: GuessedFeatures): string {
  return fits
    ? `a guess: ${columns.join(", ")}, in the data's order; put them in that of training`
    : `"${input}" takes ${width} numbers; name them in ${POLICY}, in the order of training`;
}

/** The folder of the data, where its name says something; else the folder where the policy stands. */
function modelName(folder: string, data: string): string {
  const near = basename(dirname(resolve(folder, data)));
  const name = PLAIN_FOLDERS.has(near.toLowerCase()) ? basename(folder) : near;
  return name.replace(/[^\w.-]+/g, "-") || "model";
}

async function askOnTerminal(question: InitQuestion, signal: AbortSignal): Promise<string> {
  const { asks, candidates, why } = question;
  const list = candidates.map((name, index) => `  ${index + 1}  ${name}`).join("\n");
  process.stderr.write(`\nCannot tell ${asks}; ${why}:\n${list}\n`);
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    for (;;) {
      const answer = (await lines.question("number or name: ", { signal })).trim();
      const byNumber = /^\d+$/.test(answer) ? candidates[Number(answer) - 1] : undefined;
      if (byNumber !== undefined) return byNumber;
      if (answer !== "" && !/^\d+$/.test(answer)) return answer;
    }
  } catch (cause) {
    // Ctrl-C and Ctrl-D at the question.
    const mend = [`answer on the command line: --${question.flag} ${candidates[0] ?? "COLUMN"}`];
    throw new Failure("INTERRUPTED", { message: "no answer; nothing was written", mend, cause });
  } finally {
    lines.close();
  }
}

function tell(terminal: Terminal, files: readonly string[], { guess, features, rows }: InitResult): void {
  const next = `umpire judge ${POLICY}`;
  terminal.document({ schema: "umpire.init/1", files, ...guess, rows, next });
  terminal.print(
    [
      ` wrote   ${files.join(", ")}`,
      ` found   a ${guess.task} task, label ${guess.label}, ${
        guess.unit === null
          ? `no unit: ${guess.group === null ? "rows" : "lists"} count as independent`
          : `unit ${guess.unit}`
      }; ${rows.toLocaleString("en-US")} rows looked at`,
      ...(features === null ? [] : [` features ${featuresRemark(features)}`]),
      ` check   the label, the unit and the slices, then`,
      ` next    ${next}`,
      ...(files.includes(contract.file) ? [`         umpire check DATA --contract ${contract.file}`] : []),
    ].join("\n"),
  );
}

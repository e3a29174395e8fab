import { writeFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import type { Command } from "commander";
import type { CheckedData } from "../../../app/check/check-data.ts";
import type { CheckReader } from "../../../app/ports/check-reader.ts";
import { Failure } from "../../../core/failures.ts";
import { type CommandContext, type ExitCode, withSharedOptions } from "../context.ts";
import type { Terminal } from "../terminal.ts";
import { type CheckOptions, contractOf, timeOf } from "./check-options.ts";

export function register(program: Command, context: CommandContext): void {
  const command = program
    .command("check")
    .argument("[data...]", "files, folders or globs: CSV, TSV, JSON lines, JSON arrays, Parquet, each also with .gz")
    .option("--contract <file>", "what the data must look like (contract.yaml)")
    .option("--reference <file>", "check against a contract inferred from this file, without writing it")
    .option("--infer [file]", "write a contract inferred from DATA (default contract.yaml) instead of checking")
    .option("--label <column>", "with --infer or --reference: the column that models predict")
    .option("--key <columns>", "with --infer or --reference: columns that name a row, comma-separated")
    .option("--time <column>", "with --infer or --reference: the column that says when")
    .option("--quarantine [dir]", "keep bad rows and refused files here (default OUT/quarantine)")
    .option("--accepted <file>", "write the rows that pass here")
    .option("--delimiter <char>", "field delimiter of text files, if it is to be another than found")
    .option("--now <time>", "time of the check (RFC 3339), for freshness and season; default: the clock")
    .option("--junit <file>", "write JUnit XML for a pipeline")
    .option("--html <file>", "write a page to look at")
    .option("--no-record", "do not remember accepted loads (by default under OUT/loads, when there is a contract)")
    .option("--list", "list all checks and what they find")
    .summary("validate files and rows before they are used")
    .description(
      "Validates files, then tables, then rows: format, encoding, header, types, ranges, keys, what the reference looked\nlike. Bad rows are parted from good ones, and a file whose fault is not one of rows is refused.\n\nExit codes: 0 usable (warnings included), 1 refused or bad rows, 2 could not be done.",
    )
    .addHelpText(
      "after",
      "\nExamples:\n  umpire check load.csv\n  umpire check reference.csv --infer\n  umpire check load.csv --contract contract.yaml --quarantine --accepted clean.csv",
    );
  withSharedOptions(command).action(
    context.action<CheckOptions>(async (terminal, options, data) => {
      if (options.list === true) return (await import("./check-infer.ts")).listChecks(terminal);
      if (data.length === 0)
        throw new Failure("USAGE", {
          message: "name the data to check",
          mend: ["umpire check load.csv", "umpire check --help"],
        });
      if (options.contract !== undefined && options.reference !== undefined) {
        throw new Failure("USAGE", {
          message: "--contract and --reference exclude each other",
          mend: ["umpire check REFERENCE --infer writes a contract from the reference"],
        });
      }
      const { openCheckReader } = await import("../../../composition/check-tools.ts");
      const reader = inFolder(await openCheckReader(), context.workingDirectory);
      if (options.infer !== undefined)
        return (await import("./check-infer.ts")).infer(terminal, options, data, reader, context);
      return check(terminal, options, data, reader, context);
    }),
  );
}

/** Paths as the user wrote them stay in messages; files are found from where the user stands. */
function inFolder(reader: CheckReader, folder: string): CheckReader {
  const shown = (path: string): string => {
    const short = relative(folder, path);
    return short.startsWith("..") ? path : short;
  };
  return {
    ...reader,
    expand: async (inputs) => (await reader.expand(inputs.map((input) => resolve(folder, input)))).map(shown),
    open: async (path, options) => {
      const file = await reader.open(resolve(folder, path), options);
      return {
        ...file,
        path,
        blocks: () => file.blocks(),
        findings: () => file.findings(),
        end: () => file.end(),
        fingerprint: () => file.fingerprint(),
      };
    },
  };
}

async function check(
  terminal: Terminal,
  options: CheckOptions,
  data: readonly string[],
  reader: CheckReader,
  context: CommandContext,
): Promise<ExitCode> {
  const [{ checkData }, tools] = await Promise.all([
    import("../../../app/check/check-data.ts"),
    import("../../../composition/check-tools.ts"),
  ]);
  const out = resolve(context.workingDirectory, options.out ?? ".umpire");
  const now = timeOf(options.now);
  const contract = await contractOf(options, reader, context, now);
  if (options.accepted !== undefined) await refuseOverwriting(options.accepted, data, reader, context);
  const folder =
    options.quarantine === undefined
      ? null
      : options.quarantine === true
        ? join(out, "quarantine")
        : resolve(context.workingDirectory, options.quarantine);
  const accepted =
    options.accepted === undefined
      ? null
      : await tools.openAccepted(resolve(context.workingDirectory, options.accepted), context.workingDirectory);
  const progress = terminal.progress("checking");
  let checked: CheckedData | null = null;
  try {
    checked = await checkData(
      {
        inputs: data,
        contract: contract?.contract ?? null,
        contractText: contract?.text ?? null,
        now,
        delimiter: delimiterOf(options.delimiter),
      },
      {
        reader,
        quarantine: folder === null ? null : await tools.openQuarantine(folder, context.workingDirectory),
        history: contract === null || contract.file === null ? null : await tools.openLoadHistory(join(out, "loads")),
        record: options.record !== false,
        accepted,
        signal: context.signal,
        progress: (_file, done, total) => progress.update(done / 1e6, total / 1e6, "MB"),
      },
    );
  } finally {
    progress.done();
    await accepted?.close(checked !== null && checked.document.rows.accepted > 0);
  }
  return answer(terminal, options, checked, { data, folder, contract: contract?.file ?? null, context });
}

/** The accepted file must not replace what it was made from. */
async function refuseOverwriting(
  accepted: string,
  data: readonly string[],
  reader: CheckReader,
  context: CommandContext,
): Promise<void> {
  const target = resolve(context.workingDirectory, accepted);
  const inputs = (await reader.expand(data)).map((path) => resolve(context.workingDirectory, path));
  if (!inputs.includes(target)) return;
  throw new Failure("USAGE", {
    message: `--accepted ${accepted} is one of the files to check`,
    mend: ["name another file"],
  });
}

interface Answered {
  readonly data: readonly string[];
  readonly folder: string | null;
  readonly contract: string | null;
  readonly context: CommandContext;
}

async function answer(
  terminal: Terminal,
  options: CheckOptions,
  checked: CheckedData,
  facts: Answered,
): Promise<ExitCode> {
  const { document } = checked;
  const folder = facts.context.workingDirectory;
  const { renderCheck } = await import("../render/check-report.ts");
  const after: [string, string][] = [];
  if (options.accepted !== undefined && document.rows.accepted > 0)
    after.push(["accepted", `${document.rows.accepted.toLocaleString("en-US")} rows in ${options.accepted}`]);
  if (options.accepted !== undefined && document.rows.accepted === 0)
    after.push(["accepted", `nothing; ${options.accepted} was not written`]);
  for (const run of checked.runs) after.push(["quarantine", run]);
  if (options.junit !== undefined) {
    const { checkJUnit } = await import("../render/check-junit.ts");
    await write(resolve(folder, options.junit), options.junit, checkJUnit(document));
    after.push(["junit", options.junit]);
  }
  if (options.html !== undefined) {
    const { checkPage } = await import("../render/check-page.ts");
    await write(resolve(folder, options.html), options.html, checkPage(document));
    after.push(["page", options.html]);
  }
  const next = nextStep(checked, options, facts);
  if (next !== null && !terminal.quiet) after.push(["next", next]);
  terminal.document(document);
  terminal.print(
    renderCheck(document, { width: terminal.width, all: options.all ?? false, paint: terminal.paint, after }),
  );
  return document.outcome === "error" ? 1 : 0;
}

function nextStep(checked: CheckedData, options: CheckOptions, facts: Answered): string | null {
  const { document } = checked;
  if (document.outcome !== "error") {
    return facts.contract === null && options.reference === undefined
      ? `umpire check ${asTyped(document.files[0]?.file ?? "DATA")} --infer   writes a contract from ${document.files.length > 1 ? "the first" : "this"} file`
      : null;
  }
  if (checked.runs.length > 0) return `umpire quarantine show ${checked.runs[0]}`;
  const bad = document.files.some((file) => !file.refused && file.rows.quarantined > 0);
  return bad ? `add --quarantine --accepted clean.csv to part bad rows from good ones` : null;
}

/** A path as a shell takes it. */
function asTyped(path: string): string {
  const plain = path.startsWith("-") ? `./${path}` : path;
  return /^[\w./:@%+=,\u0080-\uffff-]+$/.test(plain) ? plain : `'${plain.replaceAll("'", `'\\''`)}'`;
}

async function write(path: string, shown: string, text: string): Promise<void> {
  await writeFile(path, text).catch((cause: unknown) => {
    throw new Failure("WRITE", { where: shown, message: "the file cannot be written", cause });
  });
}

function delimiterOf(text: string | undefined): string | null {
  if (text === undefined) return null;
  const named: Readonly<Record<string, string>> = { tab: "\t", "\\t": "\t", comma: ",", semicolon: ";", pipe: "|" };
  const delimiter = named[text] ?? text;
  if (delimiter.length !== 1 || delimiter.charCodeAt(0) > 127)
    throw new Failure("USAGE", { message: `--delimiter takes one character, or tab, comma, semicolon, pipe` });
  return delimiter;
}

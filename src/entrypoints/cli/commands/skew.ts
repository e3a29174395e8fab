import { join, resolve } from "node:path";
import type { Command } from "commander";
import type { SkewDocument } from "../../../core/skew/skew-document.ts";
import { Failure } from "../../../core/failures.ts";
import { type CommandContext, type SharedOptions, withSharedOptions } from "../context.ts";
import { phasedProgress } from "../terminal.ts";
import { listOf, numberBetween } from "./drift.ts";

interface SkewOptions extends SharedOptions {
  readonly spec?: string;
  readonly id?: string;
  readonly time?: string;
  readonly limit: string;
}

export function register(program: Command, context: CommandContext): void {
  const command = program
    .command("skew")
    .argument("<raw>", "raw inputs, or features as the training code made them")
    .argument("<logged>", "features as the serving code logged them, of the same requests")
    .option("--spec <file>", "YAML: how each feature is made from raw columns (default: equal names, equal values)")
    .option("--id <column>", "column that names a request in both")
    .option("--time <column>", "time of a request in the raw table, for since when")
    .option("--limit <share>", "share of rows that may differ", "0")
    .summary("features as served against features as they should be")
    .description(
      "Joins raw inputs and logged features of the same requests, recomputes the features by a declared transformation, and says how many rows differ, since when, by how much and the likely cause.\n\nExit codes: 0 no skew, 1 skew, 2 could not compare.",
    )
    .addHelpText(
      "after",
      "\nExamples:\n  umpire skew raw.parquet logged.parquet --spec skew.yaml --id request_id\n  umpire skew offline-features.parquet online-features.parquet --id request_id",
    );
  withSharedOptions(command).action(
    context.action<SkewOptions>(async (terminal, options, [raw = "", logged = ""]) => {
      const [{ skewFiles }, { driftReader }, { readSkewSpec }] = await Promise.all([
        import("../../../app/skew/skew-files.ts"),
        import("../../../composition/drift-tools.ts"),
        import("../../../schemas/skew-spec.ts"),
      ]);
      const at = (path: string): string => resolve(context.workingDirectory, path);
      const spec =
        options.spec === undefined ? null : readSkewSpec(await readText(at(options.spec), options.spec), options.spec);
      const limit = numberBetween(options.limit, 0, 1, "--limit");
      const reader = await driftReader();
      const progress = phasedProgress(terminal);
      try {
        const skew = await skewFiles(
          {
            raw: listOf(raw).map(at),
            logged: listOf(logged).map(at),
            spec,
            id: options.id ?? spec?.id ?? null,
            time: options.time ?? spec?.time ?? null,
            limit,
          },
          {
            reader,
            signal: context.signal,
            progress: (what, done, total) => progress.update(`reading the ${what} rows`, done, total),
          },
        );
        progress.done();
        const shown: SkewDocument = {
          ...skew,
          raw: { ...skew.raw, files: listOf(raw) },
          logged: { ...skew.logged, files: listOf(logged) },
        };
        const out = join(options.out ?? ".umpire", "skew");
        const [{ createOutputFolder }, { renderSkewTerminal }, { renderSkewHtml, renderSkewJUnit }] = await Promise.all(
          [
            import("../../../composition/output-folder.ts"),
            import("../../../core/skew/skew-terminal.ts"),
            import("../../../core/skew/skew-reports.ts"),
          ],
        );
        await createOutputFolder(at(out)).write(
          new Map([
            ["skew.json", `${JSON.stringify(shown, null, 2)}\n`],
            ["report.html", renderSkewHtml(shown)],
            ["junit.xml", renderSkewJUnit(shown)],
          ]),
        );
        terminal.document(shown);
        const { pass: good, fail: bad, quiet, strong } = terminal.paint;
        const record = [join(out, "skew.json"), join(out, "report.html")];
        terminal.print(
          renderSkewTerminal(shown, {
            width: terminal.width,
            all: options.all === true,
            good,
            bad,
            quiet,
            strong,
            record,
          }),
        );
        return shown.outcome === "skew" ? 1 : 0;
      } finally {
        progress.done();
        await reader.close();
      }
    }),
  );
}

async function readText(path: string, shown: string): Promise<string> {
  const { readFile } = await import("node:fs/promises");
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw new Failure("FILE_MISSING", { where: shown, message: "the specification cannot be read", cause: error });
  }
}

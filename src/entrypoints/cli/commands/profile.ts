import { join, resolve } from "node:path";
import type { Command } from "commander";
import { periodNames } from "../../../core/drift/periods.ts";
import { type CommandContext, type SharedOptions, withSharedOptions } from "../context.ts";
import { phasedProgress } from "../terminal.ts";
import { listOf, oneOf } from "./drift.ts";

interface ProfileOptions extends SharedOptions {
  readonly like?: string;
  readonly by?: string;
  readonly time?: string;
  readonly columns?: string;
  readonly exclude?: string;
  readonly text?: string;
  readonly fingerprint: boolean;
}

export function register(program: Command, context: CommandContext): void {
  const command = program
    .command("profile")
    .argument("<data...>", "files or globs")
    .option("--like <profile>", "count on the edges of a saved profile, so that both can be compared and merged")
    .option("--by <period>", `keep each ${periodNames.join(", ")} apart`)
    .option("--time <column>", "time column for --by (default: found by type and name)")
    .option("--columns <names>", "only these columns, joined by commas")
    .option("--exclude <names>", "all but these columns")
    .option("--text <names>", "columns to be counted as free text")
    .option("--no-fingerprint", "leave out the SHA-256 of the files")
    .summary("mergeable summary of columns, small enough to keep for ever")
    .description(
      "Counts every column in one pass: nulls, distinct values, moments, extremes, quantiles, histogram, top values, text, and how columns vary together. The saved profile can be compared and merged instead of the rows.\n\nExit codes: 0 done, 2 could not read.",
    )
    .addHelpText(
      "after",
      "\nExamples:\n  umpire profile train.parquet\n  umpire profile today.parquet --like .umpire/profile/profile.json --by day --out today",
    );
  withSharedOptions(command).action(
    context.action<ProfileOptions>(async (terminal, options, positional) => {
      const [
        { profileFiles },
        { driftReader },
        { createOutputFolder },
        { readProfileDocument },
        { mergeProfiles },
        { renderProfileTerminal },
      ] = await Promise.all([
        import("../../../app/profile/profile-files.ts"),
        import("../../../composition/drift-tools.ts"),
        import("../../../composition/output-folder.ts"),
        import("../../../core/profile/profile-document.ts"),
        import("../../../core/profile/profile.ts"),
        import("../../../core/drift/report/profile-terminal.ts"),
      ]);
      const reader = await driftReader();
      const progress = phasedProgress(terminal);
      const at = (path: string): string => resolve(context.workingDirectory, path);
      try {
        const document = await profileFiles(
          {
            data: positional.map(at),
            like: options.like === undefined ? null : at(options.like),
            by: options.by === undefined ? null : oneOf(options.by, periodNames, "--by"),
            time: options.time ?? null,
            columns: listOf(options.columns ?? ""),
            exclude: listOf(options.exclude ?? ""),
            text: listOf(options.text ?? ""),
            fingerprint: options.fingerprint,
          },
          { reader, signal: context.signal, progress: (done, total) => progress.update("reading", done, total) },
        );
        progress.done();
        const out = join(options.out ?? ".umpire", "profile");
        const shown = { ...document, source: { ...document.source, files: positional } };
        await createOutputFolder(at(out)).write(new Map([["profile.json", `${JSON.stringify(shown)}\n`]]));
        terminal.document(shown);
        const whole = mergeProfiles(readProfileDocument(document).profiles);
        terminal.print(
          renderProfileTerminal(whole, positional.map((path) => path.split("/").at(-1)).join(", "), {
            width: terminal.width,
            quiet: terminal.paint.quiet,
            record: [join(out, "profile.json")],
            periods: document.periods.length,
          }),
        );
        return 0;
      } finally {
        progress.done();
        await reader.close();
      }
    }),
  );
}

import type { Command } from "commander";
import { type CommandContext, withSharedOptions } from "../context.ts";
import type { CollectOptions } from "./quarantine-collect.ts";
import type { QuarantineOptions } from "./quarantine-options.ts";

export function register(program: Command, context: CommandContext): void {
  const quarantine = program
    .command("quarantine")
    .summary("rows that were set aside: list, show, mend, release")
    .description(
      "Rows that failed a check, exactly as they stood in their files, with the reasons. Nothing is ever deleted.",
    )
    .addHelpText("after", "\nExamples:\n  umpire quarantine list\n  umpire quarantine show last");
  const sub = (name: string, summary: string): Command =>
    withSharedOptions(
      quarantine
        .command(name)
        .summary(summary)
        .description(summary)
        .option("--dir <dir>", "the quarantine (default OUT/quarantine)"),
    );
  sub("list", "runs, and what is wrong by reason and column over time")
    .addHelpText("after", "\nExample:\n  umpire quarantine list")
    .action(
      context.action<QuarantineOptions>(async (terminal, options) =>
        (await import("./quarantine-show.ts")).list(terminal, options, context),
      ),
    );
  sub("collect", "bring what a gateway refused into the quarantine, as a run like that of a file")
    .option("--config <file>", "umpire.yaml of the gateway; default umpire.yaml where there is one")
    .option("--log <dir>", "folder of the gateway's log; default in the folder of --out")
    .option("--model <name>", "which model, where the log holds several")
    .addHelpText("after", "\nExample:\n  umpire quarantine collect --model ranker")
    .action(
      context.action<CollectOptions>(async (terminal, options) =>
        (await import("./quarantine-collect.ts")).collect(terminal, options, context),
      ),
    );
  sub("show", "rows of a run with their reasons")
    .argument("<run>", "name of a run, or its beginning; `last` is the newest")
    .option("--reason <check>", "only rows that failed this check")
    .option("--column <name>", "only rows that failed in this column")
    .option("--limit <n>", "rows to show", "20")
    .option("--csv <file>", "write the rows as CSV for a spreadsheet; formulas are made harmless")
    .addHelpText("after", "\nExample:\n  umpire quarantine show last --reason range --column age")
    .action(
      context.action<QuarantineOptions>(async (terminal, options, [run = ""]) =>
        (await import("./quarantine-show.ts")).show(terminal, options, run, context),
      ),
    );
  sub("mend", "change rows by a rule, check them again, keep a trail")
    .argument("<run>", "name of a run, or its beginning; `last` is the newest")
    .requiredOption("--contract <file>", "what the rows must look like")
    .option("--column <name>", "the column to mend; without it, --replace works on the whole line")
    .option("--map <from=to...>", "replace a value by another")
    .option("--multiply <factor>", "convert a unit")
    .option("--divide <factor>", "convert a unit")
    .option("--add <number>", "convert a unit, after the factor")
    .option("--trim", "take blanks away at both ends")
    .option("--null", "replace by null")
    .option("--replace </pattern/with/>", "regular expression, as in sed: '/ years$//'")
    .option("--drop", "give the rows up; they stay in the quarantine")
    .option(
      "--rows <ids>",
      "only these rows: 1,4,7-9; of a file refused as a whole: `all`, or `failing` in the column (default: all where a finding concerns the whole column)",
    )
    .option("--undo", "take back the last mend of a file that was refused as a whole")
    .option("--by <name>", "who does it, for the trail (default: the user of the system)")
    .addHelpText(
      "after",
      "\nExample:\n  umpire quarantine mend last --contract contract.yaml --column age --map thirty=30\n  umpire quarantine mend last --contract contract.yaml --column age --replace '/ years$//'",
    )
    .action(
      context.action<QuarantineOptions>(async (terminal, options, [run = ""]) =>
        (await import("./quarantine-mend.ts")).mend(terminal, options, run, context),
      ),
    );
  sub("release", "write mended rows to a file, once")
    .argument("<run>", "name of a run, or its beginning; `last` is the newest")
    .requiredOption("--to <file>", "file that takes the rows; rows are appended to what is there")
    .option("--as-is", "also rows that still fail")
    .option("--contract <file>", "for a file that was refused as a whole: what it must look like")
    .option("--by <name>", "who does it, for the trail (default: the user of the system)")
    .addHelpText("after", "\nExample:\n  umpire quarantine release last --to data/mended.csv")
    .action(
      context.action<QuarantineOptions>(async (terminal, options, [run = ""]) =>
        (await import("./quarantine-release.ts")).release(terminal, options, run, context),
      ),
    );
}

import { join, resolve } from "node:path";
import type { Command } from "commander";
import { withSharedOptions, type CommandContext, type SharedOptions } from "../context.ts";
import type { Terminal } from "../terminal.ts";
import { judgePolicy } from "./judge.ts";

export function register(program: Command, context: CommandContext): void {
  const command = program
    .command("demo")
    .summary("the whole story on a million real flights, in some ten seconds")
    .description(
      "Judges two challengers on a million real flights: one wins on average and loses where it counts, the other is better everywhere.\n\nExit codes: 0 when the story ends as told, 1 when it does not, 2 could not play it.",
    )
    .addHelpText(
      "after",
      "\nExample:\n  umpire demo\n\nLays policies, models and data into .umpire/demo/, to change and to judge again.",
    );
  withSharedOptions(command).action(
    context.action<SharedOptions>(async (terminal, options) => {
      const [{ playDemo }, { demoTools }] = await Promise.all([
        import("../../../app/demo/play-demo.ts"),
        import("../../../composition/demo-tools.ts"),
      ]);
      const folder = join(options.out ?? ".umpire", "demo");
      const verdicts: unknown[] = [];
      const collecting: Terminal = { ...terminal, document: (verdict) => void verdicts.push(verdict) };
      const result = await playDemo(
        {
          folder: resolve(context.workingDirectory, folder),
          path: (name) => join(folder, name),
          signal: context.signal,
        },
        {
          ...(await demoTools()),
          judge: (policy, out) => judgePolicy(policy, collecting, { ...options, out }, context),
          tell: (text) => terminal.print(`\n${indent(text)}\n\n`),
          remark: (text) => terminal.remark(text),
        },
      );
      terminal.print(`\n${indent(ending(result.asTold, folder, ownCommand(process.env)))}`);
      terminal.document({ schema: "umpire.demo/1", asTold: result.asTold, acts: result.acts, verdicts });
      return result.asTold ? 0 : 1;
    }),
  );
}

function ending(asTold: boolean, folder: string, umpire: string): string {
  if (!asTold) return "The story did not end as told: the first challenger must fail and the second pass.";
  const policy = join(folder, "umpire.yaml");
  return [
    `your turn     in ${policy}, slice "small airports", write`,
    '              "weight: 0.1" instead of "weight: 1, blocking: true, margin: 0", then judge again;',
    "              now the average decides, and the first challenger passes:",
    `              ${umpire} judge ${policy}`,
    "              or open report.html and move the weights there",
    "your data     one row for each prediction that has come true:",
    `              ${umpire} init predictions.parquet`,
  ].join("\n");
}

/** The command as the user would type it again. */
function ownCommand(environment: NodeJS.ProcessEnv): string {
  const ownScript = environment["npm_lifecycle_event"] === "umpire" && environment["npm_package_name"] === "umpire";
  return ownScript ? "npm run --silent umpire --" : "umpire";
}

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, " ");
}

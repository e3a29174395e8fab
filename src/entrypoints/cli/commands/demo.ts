import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { type Command, Option } from "commander";
import type { DemoPlace, DemoResult } from "../../../app/demo/play-demo.ts";
import type { ReleaseResult } from "../../../app/demo/play-release.ts";
import { withSharedOptions, type CommandContext, type SharedOptions } from "../context.ts";
import type { Terminal } from "../terminal.ts";
import { judgePolicy } from "./judge.ts";

interface DemoOptions extends SharedOptions {
  readonly chapter?: "judge" | "release";
}

export function register(program: Command, context: CommandContext): void {
  const command = program
    .command("demo")
    .addOption(
      new Option("--chapter <name>", "only one: judge takes some ten seconds, release the rest").choices([
        "judge",
        "release",
      ]),
    )
    .summary("the whole story on a million real flights, in about a minute")
    .description(
      "Judges two challengers on a million real flights: one wins on average and loses where it counts, the other is better everywhere. Then plays the last week with a real server and gateway: a feed that breaks, an alarm, a retraining that the gate refuses and one that passes, a release in stages, a bad version and the way back.\n\nExit codes: 0 when the story ends as told, 1 when it does not, 2 could not play it.",
    )
    .addHelpText(
      "after",
      "\nExamples:\n  umpire demo\n  umpire demo --chapter judge\n\nLays policies, models and data into .umpire/demo/, to change and to judge again. Server and gateway end with it.",
    );
  withSharedOptions(command).action(
    context.action<DemoOptions>(async (terminal, options) => {
      const folder = join(options.out ?? ".umpire", "demo");
      const place: DemoPlace = {
        folder: resolve(context.workingDirectory, folder),
        path: (name) => join(folder, name),
        signal: context.signal,
      };
      const verdicts: unknown[] = [];
      const judged =
        options.chapter === "release" ? null : await judgeChapter(place, terminal, options, context, verdicts);
      const released =
        options.chapter === "judge" ? null : await releaseChapter(place, terminal, context, judged === null);
      const umpire = ownCommand(process.env);
      terminal.print(
        `\n${indent([...judgeEnding(judged, folder, umpire), ...releaseEnding(released, folder, umpire)].join("\n"))}`,
      );
      const asTold = judged?.asTold !== false && released?.asTold !== false;
      terminal.document({ schema: "umpire.demo/1", asTold, acts: judged?.acts ?? [], verdicts, release: released });
      return asTold ? 0 : 1;
    }),
  );
}

async function judgeChapter(
  place: DemoPlace,
  terminal: Terminal,
  options: DemoOptions,
  context: CommandContext,
  verdicts: unknown[],
): Promise<DemoResult> {
  const [{ playDemo }, { demoTools }] = await Promise.all([
    import("../../../app/demo/play-demo.ts"),
    import("../../../composition/demo-tools.ts"),
  ]);
  const collecting: Terminal = { ...terminal, document: (verdict) => void verdicts.push(verdict) };
  return playDemo(place, {
    ...(await demoTools()),
    judge: (policy, out) => judgePolicy(policy, collecting, { ...options, out }, context),
    tell: (text) => terminal.print(`\n${indent(text)}\n\n`),
    remark: (text) => terminal.remark(text),
  });
}

/** @param lays the example is not there yet */
async function releaseChapter(
  place: DemoPlace,
  terminal: Terminal,
  context: CommandContext,
  lays: boolean,
): Promise<ReleaseResult> {
  const [{ layExample }, { playRelease }, { demoTools, liveFolderTools }, { startLive }] = await Promise.all([
    import("../../../app/demo/play-demo.ts"),
    import("../../../app/demo/play-release.ts"),
    import("../../../composition/demo-tools.ts"),
    import("../api/live-processes.ts"),
  ]);
  const tools = await demoTools();
  if (lays) await layExample(place, { ...tools, remark: (text) => terminal.remark(text) });
  const live = join(place.folder, "live");
  return playRelease(place, {
    flights: tools.flights,
    ...(await liveFolderTools(live)),
    writeFile: (name, text) => writeFile(join(place.folder, name), text),
    start: (policy) => startLive(policy, live, context.workingDirectory),
    tell: (text) => terminal.print(`\n${indent(text)}\n\n`),
    say: (text) => terminal.print(text.replace(/^(?=.)/gm, "    ")),
  });
}

function judgeEnding(judged: DemoResult | null, folder: string, umpire: string): string[] {
  if (judged === null) return [];
  if (!judged.asTold) return ["The story did not end as told: the first challenger must fail and the second pass."];
  const policy = join(folder, "umpire.yaml");
  return [
    `your turn     in ${policy}, slice "small airports", write`,
    '              "weight: 0.1" instead of "weight: 1, blocking: true, margin: 0", then judge again;',
    "              now the average decides, and the first challenger passes:",
    `              ${umpire} judge ${policy}`,
    "              or open report.html and move the weights there",
    "your data     one row for each prediction that has come true:",
    `              ${umpire} init predictions.parquet`,
  ];
}

function releaseEnding(released: ReleaseResult | null, folder: string, umpire: string): string[] {
  if (released === null) return [];
  if (!released.asTold) return [`The release did not go as told; ${join(folder, "live", "live.log")} may say why.`];
  return [
    "what it left  the server with its console, as the story ended; try umpire rollback:",
    `              ${umpire} up --out ${join(folder, "live")} --policy ${join(folder, "umpire-live.yaml")}`,
  ];
}

/** The command as the user would type it again. */
function ownCommand(environment: NodeJS.ProcessEnv): string {
  const ownScript = environment["npm_lifecycle_event"] === "umpire" && environment["npm_package_name"] === "umpire";
  return ownScript ? "npm run --silent umpire --" : "umpire";
}

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, " ");
}

import { join, resolve } from "node:path";
import type { Command } from "commander";
import type { Judgement } from "../../../app/judge/judge.ts";
import type { PolicyOnDisk } from "../../../app/judge/read-policy.ts";
import type { Outcome } from "../../../core/findings.ts";
import { withSharedOptions, type CommandContext, type ExitCode, type SharedOptions } from "../context.ts";
import { tellPipeline } from "../pipeline.ts";
import { phasedProgress, type Terminal } from "../terminal.ts";

export const verdictExitCodes: Readonly<Record<Outcome, ExitCode>> = {
  pass: 0,
  fail: 1,
  "not-enough-data": 3,
  "not-evaluated": 4,
};

export function register(program: Command, context: CommandContext): void {
  const command = program
    .command("judge")
    .argument("[policy]", "policy file", "umpire.yaml")
    .summary("judge a challenger against the champion, slice by slice")
    .description(
      "Judges the challenger of a policy against its champion and baselines, slice by slice, and breaks the pipeline when it should not ship.\n\nExit codes: 0 pass, 1 fail, 2 could not judge, 3 not enough data, 4 not evaluated.",
    )
    .addHelpText(
      "after",
      "\nExample:\n  umpire judge umpire.yaml --json > verdict.json\n\nWrites verdict.json, evidence.bin, report.html, report.md, junit.xml and run.json to .umpire/MODEL/.",
    );
  withSharedOptions(command).action(
    context.action<SharedOptions>(async (terminal, options, positional) => {
      const decision = await judgePolicy(positional[0] ?? "umpire.yaml", terminal, options, context);
      return verdictExitCodes[decision];
    }),
  );
}

/** Judges one policy file, prints the verdict and writes its record; also an act of the demo. */
export async function judgePolicy(
  path: string,
  terminal: Terminal,
  options: SharedOptions,
  context: Pick<CommandContext, "workingDirectory" | "signal">,
): Promise<Outcome> {
  const [{ readPolicy }, { judge }, { judgeTools }] = await Promise.all([
    import("../../../app/judge/read-policy.ts"),
    import("../../../app/judge/judge.ts"),
    import("../../../composition/judge-tools.ts"),
  ]);
  const started = new Date();
  const policy = await readPolicy(path, context.workingDirectory);
  const progress = phasedProgress(terminal);
  const tools = await judgeTools(progress.update, context.signal);
  try {
    const judgement = await judge({ parsed: policy.parsed, resolvePath: policy.resolvePath }, tools);
    progress.done();
    context.signal.throwIfAborted();
    await publish(judgement, policy, started, path, terminal, options, context.workingDirectory);
    return judgement.verdict.decision;
  } finally {
    progress.done();
    await tools.close();
  }
}

async function publish(
  judgement: Judgement,
  policy: PolicyOnDisk,
  started: Date,
  path: string,
  terminal: Terminal,
  options: SharedOptions,
  workingDirectory: string,
): Promise<void> {
  const [{ createOutputFolder }, { reportEvidence, writeJudgement }, { renderTerminal }, { wouldFlip }, { hostname }] =
    await Promise.all([
      import("../../../composition/output-folder.ts"),
      import("../../../app/judge/write-judgement.ts"),
      import("../../../core/report/terminal.ts"),
      import("../../../core/report/decision-input.ts"),
      import("node:os"),
    ]);
  const { verdict } = judgement;
  const out = join(options.out ?? ".umpire", folderName(verdict.model));
  const run = {
    schema: "umpire.run/1" as const,
    started: started.toISOString(),
    seconds: (Date.now() - started.getTime()) / 1000,
    policy: path,
    workingDirectory,
    host: hostname(),
    node: process.versions.node,
    data: policy.parsed.policy.data.test,
  };
  const evidence = reportEvidence(judgement, policy);
  const flips = wouldFlip(evidence, judgement.prepared);
  const folder = createOutputFolder(resolve(workingDirectory, out));
  await writeJudgement(judgement, evidence, policy, run, folder, flips);
  terminal.document(verdict);
  tellPipeline(verdict, path, process.env, (line) => process.stderr.write(`${line}\n`));
  const record = ["verdict.json", "report.html"].map((name) => join(out, name));
  if (terminal.json) return;
  const shown = { palette: terminal.paint, width: terminal.width, all: options.all === true, record };
  terminal.print(renderTerminal(verdict, { ...shown, wouldFlip: flips }));
}

/** A model's name as a folder: what could leave the folder or confuse a shell becomes a dash. */
export function folderName(model: string): string {
  const name = model.replace(/[^\p{L}\p{N}._-]+/gu, "-").replace(/^[.-]+/, "");
  return name === "" ? "model" : name.slice(0, 100);
}

import { randomBytes } from "node:crypto";
import { dirname, join, resolve } from "node:path";
import type { Command } from "commander";
import { Failure } from "../../../core/failures.ts";
import type { RetrainingRecord } from "../../../core/retraining/run-record.ts";
import type { Outcome } from "../../../core/findings.ts";
import { openApi } from "../api/api-client.ts";
import { type ServerCommandOptions, withServerOptions } from "../api/server-options.ts";
import type { CommandContext, ExitCode } from "../context.ts";
import type { Terminal } from "../terminal.ts";
import { folderName, judgePolicy, verdictExitCodes } from "./judge.ts";

interface RetrainOptions extends ServerCommandOptions {
  readonly model?: string;
  readonly judge?: boolean;
}

export function register(program: Command, context: CommandContext): void {
  const command = program
    .command("retrain")
    .argument("[policy]", "policy file with a retrain section", "umpire.yaml")
    .option("--no-judge", "stop after the last step, do not judge what came out")
    .option("--model <name>", "let the server do it: which of its models")
    .summary("train again by the steps of the policy, then judge what came out")
    .description(
      "Runs the steps of the policy's retrain section in order, records for each its command, parameters, inputs and outputs with fingerprints, log and duration, and judges the new challenger.\n\nExit codes: those of umpire judge; 2 where a step fails.",
    )
    .addHelpText(
      "after",
      "\nExamples:\n  umpire retrain umpire.yaml\n  umpire retrain umpire.yaml --no-judge --json\n  umpire retrain --model ranker --server http://127.0.0.1:8181",
    );
  withServerOptions(command).action(
    context.action<RetrainOptions>(async (terminal, options, [path = "umpire.yaml"]) => {
      if (options.model !== undefined) return askServer(options.model, terminal, options, context);
      if (options.server !== undefined) {
        throw new Failure("USAGE", { message: "which of the server's models?", mend: ["--model NAME"] });
      }
      const record = await retrain(path, terminal, options, context);
      if (record.outcome === "failed") {
        throw new Failure("STEP", {
          where: record.id,
          message: record.reason!,
          mend: ["the logs lie in the run's folder"],
        });
      }
      if (options.judge === false) {
        terminal.document(record);
        return 0;
      }
      return verdictExitCodes[await judgePolicy(path, terminal, options, context)];
    }),
  );
}

interface RetrainingView {
  readonly run: string;
  readonly state: "running" | "judged" | "failed";
  readonly version: string | null;
  readonly decision: Outcome | null;
  readonly reason: string | null;
}

/** Lets a server retrain one of its models, and waits for the verdict. */
async function askServer(
  model: string,
  terminal: Terminal,
  options: RetrainOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const api = await openApi(options, context.workingDirectory);
  const path = `/v1/models/${encodeURIComponent(model)}/retrainings`;
  const begun = await api.send<RetrainingView>("POST", path);
  terminal.remark(`the server retrains ${model}: run ${begun.run}`);
  for (;;) {
    await new Promise((done) => setTimeout(done, 500));
    context.signal.throwIfAborted();
    const { retrainings } = await api.get<{ readonly retrainings: readonly RetrainingView[] }>(path);
    const now = retrainings.find(({ run }) => run === begun.run);
    if (now === undefined || now.state === "running") continue;
    if (now.state === "failed") throw new Failure("STEP", { where: now.run, message: now.reason ?? "it failed" });
    terminal.document({ schema: "umpire.retraining-result/1", ...now });
    terminal.print(
      ` ${now.decision === "pass" ? "✓" : "✗"} ${model} ${now.version ?? ""}   ${now.decision ?? ""}: ${now.reason ?? ""}`,
    );
    return verdictExitCodes[now.decision ?? "not-evaluated"];
  }
}

async function retrain(
  path: string,
  terminal: Terminal,
  options: RetrainOptions,
  context: CommandContext,
): Promise<RetrainingRecord> {
  const [
    { readPolicy },
    { parseRetraining },
    { runSteps },
    { retrainingTools },
    { createOutputFolder },
    { documentText },
  ] = await Promise.all([
    import("../../../app/judge/read-policy.ts"),
    import("../../../schemas/retraining/parse-retraining.ts"),
    import("../../../app/retraining/run-steps.ts"),
    import("../../../composition/retraining-tools.ts"),
    import("../../../composition/output-folder.ts"),
    import("../../../app/judge/write-judgement.ts"),
  ]);
  const { parsed } = await readPolicy(path, context.workingDirectory);
  const retraining = parseRetraining(parsed);
  if (retraining === null) {
    const mend = [
      "retrain:",
      "  steps: [{ name: train, run: [python, train.py], outputs: challenger.onnx }]",
      "  produces: challenger.onnx",
    ];
    throw new Failure("POLICY", { where: path, message: "the policy has no retrain section", mend });
  }
  const { clock, runner } = retrainingTools();
  const id = `${new Date(clock.now()).toISOString().replace(/[-:]|\.\d+/g, "")}-${randomBytes(2).toString("hex")}`;
  const place = join(options.out ?? ".umpire", folderName(parsed.policy.model), "runs", id);
  const runFolder = createOutputFolder(resolve(context.workingDirectory, place));
  const folder = dirname(resolve(context.workingDirectory, path));
  const wish = { id, model: parsed.policy.model, folder, retraining, causes: ["asked for on the command line"] };
  const tell = (text: string): void => terminal.remark(text);
  const record = await runSteps(wish, {
    runner,
    clock,
    runFile: (name) => runFolder.path(name),
    tell,
    signal: context.signal,
  });
  await runFolder.write(new Map([["retraining.json", documentText(record)]]));
  terminal.remark(`recorded in ${place}/retraining.json`);
  return record;
}

import { resolve } from "node:path";
import type { Command } from "commander";
import { Failure } from "../../../core/failures.ts";
import { type ApiClient, openApi } from "../api/api-client.ts";
import { confirmByName } from "../api/confirm.ts";
import { modelPath } from "../api/model-changes.ts";
import { printPlan, printRelease, type ReleasePlan, type ReleaseView } from "../api/release-print.ts";
import { type ServerCommandOptions, withServerOptions } from "../api/server-options.ts";
import type { CommandContext, ExitCode } from "../context.ts";
import type { Terminal } from "../terminal.ts";

interface ReleaseOptions extends ServerCommandOptions {
  readonly policy?: string;
  readonly verdict?: string;
  readonly form?: string;
  readonly share?: string;
  readonly arm?: readonly string[];
  readonly shadow?: boolean;
  readonly consent?: boolean | readonly string[];
  readonly evidence?: string;
  readonly reason?: string;
  readonly yes?: boolean;
}

type Perform = (
  terminal: Terminal,
  options: ReleaseOptions,
  names: readonly string[],
  context: CommandContext,
) => Promise<ExitCode>;

export function register(program: Command, context: CommandContext): void {
  const command = program
    .command("release")
    .summary("from verdict to full traffic, stage by stage, with a hand on the brake")
    .description("Releases a version in stages on a running server: shadow, cohort by cohort, everyone.")
    .addHelpText(
      "after",
      "\nExamples:\n  umpire release forecast ranker 2\n  umpire release start ranker 2 --policy umpire.yaml\n  umpire release status ranker",
    );
  const add = (sub: Command, perform: Perform, example: string): void => {
    withServerOptions(sub)
      .addHelpText("after", `\nExample:\n  ${example}`)
      .action(context.action<ReleaseOptions>((terminal, options, names) => perform(terminal, options, names, context)));
  };
  const versioned = (name: string, says: string): Command =>
    command
      .command(name)
      .argument("<model>", "name of the model")
      .argument("<version>", "the version, or an alias")
      .option("--policy <file>", "its section `release` says how; default usual stages")
      .option("--verdict <id>", "default the version's newest against what is live")
      .option("--form <form>", "stages, blue-green (everyone at once) or ab (until a person ends it)")
      .option("--share <n>", "blue-green and ab: share of the units, such as 0.5")
      .option("--arm <version=share>", "ab: one more arm; may be given several times", collect, [])
      .option("--no-shadow", "start without a shadow")
      .description(says);
  add(
    versioned("forecast", "Prints the stages with units and days to decision; starts nothing."),
    forecast,
    "umpire release forecast film-ranker 2",
  );
  add(
    versioned(
      "start",
      "Starts a release. Exit codes: 0 it runs, 2 it could not start, 3 it waits for a person.",
    ).option("--consent", "consent to the first stage although the challenger was not proven there"),
    start,
    "umpire release start film-ranker 2 --policy umpire.yaml\n  umpire release start film-ranker 2 --form ab --share 0.5 --consent",
  );
  const named = (name: string, says: string): Command =>
    command.command(name).argument("<model>", "name of the model").description(says);
  add(
    named(
      "status",
      "Where a release is, on which evidence. Exit codes: 0 it runs or is done, 1 rolled back or voided, 3 it waits for a person.",
    ),
    status,
    "umpire release status film-ranker",
  );
  add(
    named("approve", "Says yes to what a release asks, for the evidence that was looked at.").option(
      "--evidence <hash>",
      "its first digits, as status prints them; asked for on a terminal",
    ),
    approve,
    "umpire release approve film-ranker --evidence 9f86d081884c7d65",
  );
  add(
    named("hold", "Holds a release: traffic stays as it is, the brake works on.").option(
      "--reason <text>",
      "why",
      "held by hand",
    ),
    said("hold"),
    "umpire release hold film-ranker",
  );
  add(named("resume", "Lets a held release go on."), said("resume"), "umpire release resume film-ranker");
  add(
    named("advance", "Opens the next step ahead of the numbers; a named person answers for it.")
      .option(
        "--consent <cohort>",
        "a cohort where the challenger was not proven; may be given several times",
        collect,
        [],
      )
      .option("--reason <text>", "why", "advanced by hand")
      .option("--yes", "do not ask: for scripts"),
    advance,
    'umpire release advance film-ranker --consent "low activity"',
  );
}

async function forecast(...[terminal, options, [model = "", version = ""], context]: Parameters<Perform>) {
  const api = await openApi(options, context.workingDirectory);
  const wish = await wishOf(options, version, context);
  const plan = await api.send<ReleasePlan>("POST", modelPath(model, "release", "plan"), wish);
  terminal.document({ schema: "umpire.release-plan/1", ...plan });
  printPlan(terminal, plan);
  return 0 as const;
}

async function start(...[terminal, options, [model = "", version = ""], context]: Parameters<Perform>) {
  const api = await openApi(options, context.workingDirectory);
  const wish = { ...(await wishOf(options, version, context)), consent: options.consent === true };
  return show(terminal, await api.send<ReleaseView>("POST", modelPath(model, "release"), wish), options);
}

async function status(...[terminal, options, [model = ""], context]: Parameters<Perform>) {
  const api = await openApi(options, context.workingDirectory);
  return show(terminal, await api.get<ReleaseView>(modelPath(model, "release")), options);
}

async function approve(...[terminal, options, [model = ""], context]: Parameters<Perform>) {
  const api = await openApi(options, context.workingDirectory);
  const asked = await api.get<ReleaseView>(modelPath(model, "release"));
  const evidence = await evidenceOf(terminal, options, asked, context);
  const view = await api.send<ReleaseView>("POST", modelPath(model, "release", "approve"), { evidence });
  return show(terminal, view, options);
}

/** The whole hash that the given digits begin; on a terminal, of what was shown and confirmed. */
async function evidenceOf(terminal: Terminal, options: ReleaseOptions, asked: ReleaseView, context: CommandContext) {
  const { question, model } = asked;
  if (options.evidence !== undefined) {
    return options.evidence.length >= 8 && question?.evidence.startsWith(options.evidence) === true
      ? question.evidence
      : options.evidence;
  }
  if (question === null) throw new Failure("CONFLICT", { message: `nothing is asked: it is ${asked.at}` });
  printRelease(terminal, asked, false);
  await confirmByName(
    model,
    "approve",
    `umpire release approve ${model} --evidence ${question.evidence.slice(0, 16)}`,
    context.signal,
  );
  return question.evidence;
}

function said(kind: "hold" | "resume"): Perform {
  return async (terminal, options, [model = ""], context) => {
    const api = await openApi(options, context.workingDirectory);
    const body = kind === "hold" ? { reason: options.reason } : {};
    return show(terminal, await api.send<ReleaseView>("POST", modelPath(model, "release", kind), body), options);
  };
}

async function advance(...[terminal, options, [model = ""], context]: Parameters<Perform>) {
  const api: ApiClient = await openApi(options, context.workingDirectory);
  if (options.yes !== true) {
    printRelease(terminal, await api.get<ReleaseView>(modelPath(model, "release")), false);
    await confirmByName(model, "open the next step", `umpire release advance ${model} --yes`, context.signal);
  }
  const consent = Array.isArray(options.consent) ? (options.consent as readonly string[]) : [];
  const body = { reason: options.reason, consent };
  return show(terminal, await api.send<ReleaseView>("POST", modelPath(model, "release", "advance"), body), options);
}

function show(terminal: Terminal, view: ReleaseView, options: ReleaseOptions): ExitCode {
  terminal.document({ schema: "umpire.release/1", ...view });
  printRelease(terminal, view, options.all === true);
  if (view.phase === "asking") return 3;
  return view.phase === "rolled-back" || view.phase === "voided" ? 1 : 0;
}

async function wishOf(options: ReleaseOptions, challenger: string, context: CommandContext) {
  const release: Record<string, unknown> = { ...(await sectionOf(options.policy, context)) };
  if (options.form !== undefined) release["form"] = options.form;
  if (options.share !== undefined) release["shares"] = [shareOf("--share", options.share)];
  if (options.shadow === false) release["shadow"] = false;
  const arms = Object.fromEntries(
    (options.arm ?? []).map((text) => {
      const at = text.lastIndexOf("=");
      if (at <= 0) throw new Failure("USAGE", { message: `--arm ${text} is not VERSION=SHARE` });
      return [text.slice(0, at), shareOf("--arm", text.slice(at + 1))];
    }),
  );
  return { challenger, verdict: options.verdict ?? null, release, arms };
}

/** The section `release` of a policy, checked at its lines; a file that it names is read too. */
async function sectionOf(
  policy: string | undefined,
  context: CommandContext,
): Promise<Readonly<Record<string, unknown>>> {
  if (policy === undefined) return {};
  const { readPolicy } = await import("../../../app/judge/read-policy.ts");
  const { parsed, resolvePath } = await readPolicy(policy, context.workingDirectory);
  const { release } = parsed.policy;
  if (typeof release !== "string") return (release ?? {}) as Readonly<Record<string, unknown>>;
  const { readRelease } = await import("../../../app/rollout/read-release.ts");
  return readRelease(resolve(context.workingDirectory, resolvePath(release)), release);
}

function shareOf(option: string, text: string): number {
  const share = Number(text);
  if (share > 0 && share <= 1) return share;
  throw new Failure("USAGE", { message: `${option} is ${text}; a share lies above 0 and at most at 1` });
}

function collect(value: string, before: readonly string[]): string[] {
  return [...before, value];
}

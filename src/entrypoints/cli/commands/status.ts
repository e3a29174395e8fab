import type { Command } from "commander";
import { Failure } from "../../../core/failures.ts";
import type { CommandContext, ExitCode } from "../context.ts";
import { openApi } from "../api/api-client.ts";
import { type ServerCommandOptions, withServerOptions } from "../api/server-options.ts";
import { printRows, timeWords } from "../api/table.ts";
import { printSentence, type Terminal } from "../terminal.ts";
import type { ReleaseView } from "../api/release-print.ts";
import { type AlertList, printAlerts } from "./alerts.ts";

interface StatusView {
  readonly revision: number;
  readonly problem: string | null;
  readonly models: readonly {
    readonly name: string;
    readonly champion: string | null;
    readonly challenger: string | null;
    readonly since: string | null;
    readonly reason: string | null;
    readonly by: string | null;
    readonly cohorts: readonly {
      readonly name: string;
      readonly arms: readonly { version: string; share: number }[];
    }[];
  }[];
  readonly gateways: readonly { id: string; revision: number; agrees: boolean; seen: string; problem: string | null }[];
}

interface SliceView {
  readonly slice: string;
  readonly outcome: "holds" | "below" | "not-enough-data" | "not-evaluated";
  readonly reason: string;
}

interface QualityView {
  readonly version: string | null;
  readonly problem: string | null;
  readonly measured: readonly SliceView[];
  readonly estimated: readonly SliceView[];
}

type Api = Awaited<ReturnType<typeof openApi>>;

export function register(program: Command, context: CommandContext): void {
  const command = program
    .command("status")
    .summary("what is live, since when, why")
    .description(
      "Prints what is live per model, since when, why, how well it does, whether the gateways agree, and the alarms that fire.\n\nExit codes: 0 all agrees, 1 a gateway does not or the server takes no changes, 2 the server cannot be asked.",
    );
  withServerOptions(command)
    .addHelpText("after", "\nExample:\n  umpire status")
    .action(context.action<ServerCommandOptions>((terminal, options) => show(terminal, options, context)));
}

async function show(terminal: Terminal, options: ServerCommandOptions, context: CommandContext): Promise<ExitCode> {
  const api = await openApi(options, context.workingDirectory);
  const status = await api.get<StatusView>("/v1/status");
  const alarms = await api.get<AlertList>("/v1/alerts");
  const names = status.models.map(({ name }) => name);
  const quality = await ofEach<QualityView>(api, names, "quality");
  const releases = await ofEach<ReleaseView>(api, names, "release");
  terminal.document({
    ...status,
    releases: Object.fromEntries([...releases].map(([name, view]) => [name, releaseSummary(view)])),
    alerts: alarms.alerts,
    waiting: alarms.waiting,
    quality: Object.fromEntries(quality),
  });
  if (status.problem !== null) printSentence(terminal, ` ✗ the server takes no changes: ${status.problem}`);
  if (status.models.length === 0) terminal.print(" no model yet: umpire models register NAME --onnx FILE");
  for (const model of status.models) {
    const live = model.champion === null ? "nothing is live" : `${model.champion} is live`;
    terminal.print(` ${model.name}   ${live}${model.since === null ? "" : ` since ${timeWords(model.since)}`}`);
    if (model.reason !== null) printSentence(terminal, `   why          ${model.reason} (${model.by ?? "unknown"})`);
    const cohorts = model.cohorts.map(({ name, arms }) => [
      `  ${name}`,
      arms.length === 0 ? "the champion" : arms.map((arm) => `${arm.version} ${percent(arm.share)}`).join(", "),
    ]);
    printRows(terminal, cohorts);
    if (model.challenger !== null && model.challenger !== model.champion) {
      terminal.print(`   challenger   ${model.challenger}`);
    }
    const release = releases.get(model.name);
    if (release !== undefined) for (const line of releaseLines(release)) printSentence(terminal, line);
    const found = quality.get(model.name);
    if (found !== undefined) for (const line of qualityLines(found, model.champion)) printSentence(terminal, line);
  }
  const astray = status.gateways.filter((gateway) => !gateway.agrees);
  const rows = status.gateways.map((gateway) => [
    gateway.agrees ? "✓" : "✗",
    `gateway ${gateway.id}`,
    gateway.agrees ? "agrees" : (gateway.problem ?? `is at ${gateway.revision} of ${status.revision}`),
    `seen ${timeWords(gateway.seen)}`,
  ]);
  printRows(terminal, rows);
  printAlerts(terminal, alarms);
  return astray.length > 0 || status.problem !== null ? 1 : 0;
}

/** A part of those models that have it: a quality that is watched, a release that was begun. */
async function ofEach<T>(api: Api, models: readonly string[], part: string): Promise<ReadonlyMap<string, T>> {
  const found = new Map<string, T>();
  for (const name of models) {
    try {
      found.set(name, await api.get<T>(`/v1/models/${encodeURIComponent(name)}/${part}`));
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== "NOT_FOUND") throw error;
    }
  }
  return found;
}

/** What a person at night must know of a release; the numbers are in `umpire release status`. */
function releaseSummary({ id, champion, challenger, phase, at, question }: ReleaseView) {
  return { id, champion, challenger, phase, at, question: question?.text ?? null };
}

/** A release that still moves or waits; one that has ended is told by what is live, and why. */
function releaseLines({ model, champion, challenger, phase, at, question }: ReleaseView): string[] {
  if (["draft", "done", "rolled-back"].includes(phase)) return [];
  const lines = [`   release      ${challenger} against ${champion}, ${at}; umpire release status ${model}`];
  return question === null ? lines : [...lines, `   it asks      ${question.text}`];
}

const marks: Readonly<Record<SliceView["outcome"], string>> = {
  holds: "✓",
  below: "✗",
  "not-enough-data": "·",
  "not-evaluated": "·",
};

/** Everything, and what has fallen or cannot be told; measured first. */
function qualityLines({ version, problem, measured, estimated }: QualityView, live: string | null): string[] {
  if (problem !== null) return [`   quality      · ${problem}`];
  const ofBefore = `   quality      · not looked at yet for version ${live}; that of version ${version}:`;
  const lines = (name: string, slices: readonly SliceView[]): string[] =>
    slices
      .filter(({ outcome }, i) => i === 0 || outcome !== "holds")
      .map(
        ({ slice, outcome, reason }, i) =>
          `   ${(i === 0 ? name : "").padEnd(12)} ${marks[outcome]} ${slice}: ${reason}`,
      );
  const found = [...lines(version === live ? "quality" : "", measured), ...lines("estimated", estimated)];
  return version === live ? found : [ofBefore, ...found];
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(3))}%`;
}

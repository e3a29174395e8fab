import { Failure } from "../../../core/failures.ts";
import { nearest } from "../../../core/nearest.ts";
import type { CommandContext, ExitCode } from "../context.ts";
import { printSentence, type Terminal } from "../terminal.ts";
import { openApi } from "./api-client.ts";
import { type ModelOptions, modelPath } from "./model-changes.ts";
import { printRows, timeWords } from "./table.ts";

interface ModelView {
  readonly name: string;
  readonly task: string | null;
  readonly owner: string | null;
  readonly aliases: Readonly<Record<string, string>>;
  readonly versions: number;
}

interface VersionView {
  readonly version: string;
  readonly artifact: { readonly kind: string; readonly digest?: string };
  readonly configuration: Readonly<Record<string, unknown>>;
  readonly aliases: readonly string[];
  readonly verdicts: number;
  readonly live: boolean;
  readonly created: string;
  readonly by: string;
}

interface LiveView {
  readonly cohorts: readonly string[];
  readonly live: boolean;
  readonly at: string;
  readonly arms: readonly { readonly version: string; readonly share: number; readonly as: string }[];
  readonly since: string | null;
  readonly reason: string | null;
  readonly by: string | null;
  readonly rollout: string | null;
}

export async function listModels(
  terminal: Terminal,
  options: ModelOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const models = await (await openApi(options, context.workingDirectory)).all<ModelView>("/v1/models", "models");
  terminal.document({ schema: "umpire.models/1", models });
  if (models.length === 0) terminal.print(" no model yet: umpire models register NAME --onnx FILE");
  const rows = models.map((model) => [
    model.name,
    `${model.versions} version${model.versions === 1 ? "" : "s"}`,
    Object.entries(model.aliases)
      .map(([alias, version]) => `${alias} ${version}`)
      .join(", "),
  ]);
  printRows(terminal, rows);
  return 0;
}

export async function showModel(
  terminal: Terminal,
  options: ModelOptions,
  [model = "", version]: readonly string[],
  context: CommandContext,
): Promise<ExitCode> {
  const api = await openApi(options, context.workingDirectory);
  if (version !== undefined) {
    const found = await api.get<VersionView>(modelPath(model, "versions", version));
    const verdicts = await api.all<{ decision: string; reason: string }>(
      modelPath(model, "versions", version, "verdicts"),
      "verdicts",
    );
    terminal.document({ schema: "umpire.version/1", ...found, verdicts });
    terminal.print(
      ` ${model} ${found.version}   ${found.live ? "live" : "not live"}   registered ${timeWords(found.created)} by ${found.by}`,
    );
    for (const [name, value] of Object.entries({ artifact: found.artifact, ...found.configuration })) {
      const told = valueWords(value);
      if (told !== "") printSentence(terminal, `   ${factNames[name] ?? name.padEnd(16)} ${told}`);
    }
    for (const { decision, reason } of verdicts)
      printSentence(terminal, `   verdict          ${decision.replaceAll("-", " ")}: ${reason}`);
    if (verdicts.length === 0) terminal.print("   verdict          none: it was not judged");
    return 0;
  }
  const found = await api.get<ModelView>(modelPath(model));
  const versions = await api.all<VersionView>(modelPath(model, "versions"), "versions");
  terminal.document({ schema: "umpire.model/1", ...found, versions });
  terminal.print(` ${found.name}   ${found.task ?? "task not said"}   ${found.owner ?? "no owner"}`);
  printRows(terminal, versions.map(versionRow), "  ");
  return 0;
}

const factNames: Readonly<Record<string, string>> = {
  trainingPeriod: "trained on      ",
  parent: "retrained from  ",
  note: "why             ",
};

/** A value of a configuration as people read it; what is not there is not told. `--json` has all of it. */
function valueWords(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value)) return value.map(valueWords).join(", ");
  if (typeof value !== "object") return String(value);
  const named = value as Readonly<Record<string, unknown>>;
  if (typeof named["fingerprint"] === "string")
    return `${String(named["name"])} (${String(named["role"])}, ${named["fingerprint"].slice(0, 12)}…)`;
  const parts = Object.entries(named).flatMap(([key, one]) => {
    // Features have a line of their own.
    const told = key === "features" ? "" : valueWords(one);
    return told === "" ? [] : [`${key === "kind" ? "" : `${key} `}${told}`];
  });
  return parts.join(", ");
}

function versionRow(version: VersionView): string[] {
  const { artifact } = version;
  return [
    version.version,
    version.live ? "live" : "",
    `${artifact.kind} ${artifact.digest?.slice(0, 12) ?? ""}`,
    timeWords(version.created),
    version.by,
    `${version.verdicts} verdict${version.verdicts === 1 ? "" : "s"}`,
    version.aliases.join(", "),
  ];
}

export async function showLineage(
  terminal: Terminal,
  options: ModelOptions,
  [node = ""]: readonly string[],
  context: CommandContext,
): Promise<ExitCode> {
  const api = await openApi(options, context.workingDirectory);
  const start = node.includes(":") ? node : `version:${node}`;
  const query = new URLSearchParams({ node: start, direction: options.direction ?? "both" });
  const found = await api.get<{ edges: { from: string; to: string; relation: string }[] }>(
    `/v1/lineage?${query.toString()}`,
  );
  terminal.document({ schema: "umpire.lineage/1", ...found });
  printRows(
    terminal,
    found.edges.map(({ from, to, relation }) => [from, `→ ${to}`, relation]),
  );
  return 0;
}

interface RoutingView {
  readonly revision: number;
  readonly routing: {
    readonly champion: string;
    readonly cohorts: readonly { name: string; arms: readonly { version: string; share: number }[] }[];
  };
  readonly reason: string;
  readonly by: string;
  readonly from: string;
}

export async function showHistory(
  terminal: Terminal,
  options: ModelOptions,
  [model = ""]: readonly string[],
  context: CommandContext,
): Promise<ExitCode> {
  const api = await openApi(options, context.workingDirectory);
  const changes = await api.all<RoutingView>(modelPath(model, "routing"), "changes");
  terminal.document({ schema: "umpire.routing-history/1", model, changes });
  if (changes.length === 0) terminal.print(` nothing of ${model} was ever live`);
  const rows = changes.map(({ revision, routing, reason, by, from }) => [
    String(revision),
    timeWords(from),
    `${routing.champion} for everyone`,
    routing.cohorts
      .filter(({ arms }) => arms.length > 0)
      .map(({ name, arms }) => `${name}: ${arms.map((arm) => `${arm.version} ${percent(arm.share)}`).join(", ")}`)
      .join("; "),
    `${reason} (${by})`,
  ]);
  printRows(terminal, rows);
  return 0;
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(4))}%`;
}

/** @throws Failure USAGE */
function timeOf(text: string): string {
  const time = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(time)) return new Date(time).toISOString();
  throw new Failure("USAGE", {
    message: `${text} is no time`,
    mend: ["for example 2026-11-01T12:00:00Z, or 2026-11-01 for its first moment in UTC"],
  });
}

export async function showLive(
  terminal: Terminal,
  options: ModelOptions,
  [model = "", time]: readonly string[],
  context: CommandContext,
): Promise<ExitCode> {
  const api = await openApi(options, context.workingDirectory);
  const cohort = options.cohort ?? "all";
  const query = new URLSearchParams({ cohort, ...(time === undefined ? {} : { at: timeOf(time) }) });
  const found = await api.get<LiveView>(`${modelPath(model, "live")}?${query.toString()}`);
  terminal.document({ schema: "umpire.live/1", ...found });
  if (cohort !== "all" && found.live && !found.cohorts.includes(cohort)) {
    const near = nearest(cohort, found.cohorts);
    const known =
      near.length > 0 ? `nearest: ${near.join(", ")}` : `cohorts then: ${found.cohorts.join(", ") || "none"}`;
    terminal.remark(` "${cohort}" had no routing of its own; it was answered as everyone (${known})`);
  }
  if (Date.parse(found.at) > Date.now()) {
    terminal.remark(` ${timeWords(found.at)} has not come yet: this is what is live now`);
  }
  if (!found.live) {
    terminal.print(` nothing of ${model} was live ${timeWords(found.at)}`);
    return 1;
  }
  for (const arm of found.arms) terminal.print(` ${arm.version}   ${percent(arm.share)}   ${arm.as}`);
  printSentence(
    terminal,
    `   since ${timeWords(found.since)}: ${found.reason ?? ""} (${found.by ?? ""}${found.rollout === null ? "" : `, rollout ${found.rollout}`})`,
  );
  return 0;
}

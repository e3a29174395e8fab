import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { Failure } from "../../../core/failures.ts";
import type { CommandContext, ExitCode } from "../context.ts";
import type { Terminal } from "../terminal.ts";
import { openApi } from "./api-client.ts";
import { modelPath } from "./model-changes.ts";
import type { ServerCommandOptions } from "./server-options.ts";

/** Options of `umpire models set`; what is not given stays as it is. */
export interface ModelSettingOptions extends ServerCommandOptions {
  readonly description?: string;
  readonly owner?: string;
  readonly task?: string;
  readonly unit?: string;
  readonly time?: string;
  readonly id?: string;
  readonly group?: string;
  readonly item?: string;
  readonly tag: readonly string[];
  readonly keepVersions?: string;
  readonly keepDays?: string;
}

interface ModelSettings {
  readonly description: string | null;
  readonly owner: string | null;
  readonly task: string | null;
  readonly columns: Readonly<Record<string, string | null>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly retention: { readonly versions: number; readonly days: number };
  readonly revision: number;
}

const COLUMNS = ["unit", "time", "id", "group", "item"] as const;
const unset: ModelSettings = {
  description: null,
  owner: null,
  task: null,
  columns: {},
  tags: {},
  retention: { versions: 7, days: 30 },
  revision: 0,
};

/** Makes a model, or changes what is said about it, whatever anybody else changes meanwhile. */
export async function setModel(
  terminal: Terminal,
  options: ModelSettingOptions,
  [model = ""]: readonly string[],
  context: CommandContext,
): Promise<ExitCode> {
  const api = await openApi(options, context.workingDirectory);
  const before = await api.get<ModelSettings>(modelPath(model)).catch((error: unknown) => {
    if (error instanceof Failure && error.code === "NOT_FOUND") return unset;
    throw error;
  });
  const given = Object.fromEntries(
    COLUMNS.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]])),
  );
  const body = {
    description: options.description ?? before.description,
    owner: options.owner ?? before.owner,
    task: options.task ?? before.task,
    columns: { ...before.columns, ...given },
    tags: { ...before.tags, ...Object.fromEntries(options.tag.map(tagOf)) },
    retention: {
      versions: numberOf("--keep-versions", options.keepVersions) ?? before.retention.versions,
      days: numberOf("--keep-days", options.keepDays) ?? before.retention.days,
    },
    revision: before.revision,
  };
  const now = await api.send<ModelSettings>("PUT", modelPath(model), body);
  terminal.document({ schema: "umpire.model/1", ...now });
  const columns = Object.entries(now.columns).filter(([, column]) => column !== null);
  terminal.print(` ✓ ${model}   ${now.task ?? "task not said"}   ${now.owner ?? "no owner"}`);
  for (const [name, column] of columns) terminal.print(`   ${name.padEnd(8)} ${column}`);
  terminal.print(`   keeps    the newest ${now.retention.versions} versions, and any for ${now.retention.days} days`);
  return 0;
}

function tagOf(text: string): [string, string] {
  const at = text.indexOf("=");
  if (at <= 0) throw new Failure("USAGE", { message: `--tag ${text} is not NAME=VALUE` });
  return [text.slice(0, at), text.slice(at + 1)];
}

function numberOf(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() !== "" && Number.isFinite(value)) return value;
  throw new Failure("USAGE", { message: `${option} is ${text}; it takes a number` });
}

/** Attaches a document to a version; text that is no JSON is kept as text. */
export async function attach(
  terminal: Terminal,
  options: ServerCommandOptions,
  [model = "", version = "", name = "", path = ""]: readonly string[],
  context: CommandContext,
): Promise<ExitCode> {
  let text: string;
  try {
    text = await readFile(resolve(context.workingDirectory, path), "utf8");
  } catch (cause) {
    throw new Failure("FILE_MISSING", { where: path, message: "there is no file here that can be read", cause });
  }
  const api = await openApi(options, context.workingDirectory);
  const content = path.endsWith(".json") ? parsed(text, path) : text;
  await api.send("PUT", modelPath(model, "versions", version, "attachments", name), { content });
  terminal.document({ schema: "umpire.attachment/1", model, version, name });
  terminal.print(` ✓ ${name} of ${model} ${version}`);
  return 0;
}

function parsed(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Failure("FILE_UNREADABLE", { where: path, message: `is no JSON: ${(cause as Error).message}`, cause });
  }
}

/** Prints a document of a version, or the names of all. */
export async function showAttachment(
  terminal: Terminal,
  options: ServerCommandOptions,
  [model = "", version = "", name]: readonly string[],
  context: CommandContext,
): Promise<ExitCode> {
  const api = await openApi(options, context.workingDirectory);
  const path = modelPath(model, "versions", version, "attachments");
  if (name === undefined) {
    const { attachments } = await api.get<{ attachments: readonly string[] }>(path);
    terminal.document({ schema: "umpire.attachments/1", model, version, attachments });
    if (attachments.length === 0) terminal.print(` nothing yet: umpire models attach ${model} ${version} card card.md`);
    for (const one of attachments) terminal.print(` ${one}`);
    return 0;
  }
  const { content } = await api.get<{ content: unknown }>(`${path}/${encodeURIComponent(name)}`);
  terminal.document({ schema: "umpire.attachment/1", model, version, name, content });
  terminal.print(typeof content === "string" ? content : JSON.stringify(content, null, 2));
  return 0;
}

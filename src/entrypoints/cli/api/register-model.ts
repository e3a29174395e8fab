import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { Failure } from "../../../core/failures.ts";
import type { CommandContext, ExitCode } from "../context.ts";
import type { Terminal } from "../terminal.ts";
import { type ApiClient, openApi } from "./api-client.ts";
import { type ModelOptions, modelPath } from "./model-changes.ts";

interface Description {
  readonly artifact?: Readonly<Record<string, unknown>>;
  readonly configuration?: unknown;
}

/** `umpire models register`: sends the files, registers the version, attaches the verdict. */
export async function registerModel(
  terminal: Terminal,
  options: ModelOptions,
  [model = ""]: readonly string[],
  context: CommandContext,
): Promise<ExitCode> {
  const api = await openApi(options, context.workingDirectory);
  const description = options.describe === undefined ? {} : await readDescription(options.describe, context);
  const artifact = await artifactOf(api, options, description, context);
  if (options.onnx !== undefined) await tellFeeding(terminal, options.onnx, artifact, context);
  const body = {
    artifact,
    version: options.version ?? null,
    aliases: options.alias ?? [],
    ...(description.configuration === undefined ? {} : { configuration: description.configuration }),
  };
  const registered = await api.send<{ version: string; digest: string; isNew?: boolean }>(
    "POST",
    modelPath(model, "versions"),
    body,
  );
  const { version } = registered;
  const verdict =
    options.verdict === undefined ? null : await sendVerdict(api, options, options.verdict, model, version);
  terminal.document({ schema: "umpire.version/1", ...registered, verdict });
  const known = registered.isNew === false ? "   was there already, the same: nothing was registered" : "   new";
  terminal.print(
    ` ✓ ${model} ${version}${known}${verdict === null ? "" : `   ${verdict.decision}: ${verdict.reason}`}`,
  );
  return 0;
}

async function artifactOf(
  api: ApiClient,
  options: ModelOptions,
  { artifact = {} }: Description,
  context: CommandContext,
): Promise<Readonly<Record<string, unknown>>> {
  const given = [options.onnx, options.file, options.url, options.constant].filter((one) => one !== undefined);
  if (given.length > 1 || (given.length === 0 && artifact["kind"] === undefined)) {
    throw new Failure("USAGE", {
      message: given.length > 1 ? "a version is one thing: a file, an address or a constant" : "what is the version?",
      mend: [
        "one of --onnx FILE, --file FILE, --url ADDRESS, --constant VALUE",
        "a rule: --describe FILE with artifact.kind rule",
      ],
    });
  }
  if (options.onnx !== undefined) {
    const beside = await sidecarOf(resolve(context.workingDirectory, options.onnx));
    return { ...beside, ...artifact, kind: "onnx", ...(await api.upload(options.onnx)) };
  }
  if (options.file !== undefined) {
    const format = options.file.split(".").at(-1) ?? "file";
    return { format, ...artifact, kind: "file", ...(await api.upload(options.file)) };
  }
  if (options.url !== undefined) return { ...artifact, kind: "url", url: options.url };
  if (options.constant === undefined) return artifact;
  const number = Number(options.constant);
  return {
    kind: "constant",
    value: Number.isFinite(number) && options.constant.trim() !== "" ? number : options.constant,
  };
}

async function tellFeeding(
  terminal: Terminal,
  onnx: string,
  artifact: Readonly<Record<string, unknown>>,
  context: CommandContext,
): Promise<void> {
  const { feedingProblem } = await import("./feeding-problem.ts");
  const { kind: _, digest: __, bytes: ___, ...feeding } = artifact;
  const problem = await feedingProblem(resolve(context.workingDirectory, onnx), feeding);
  if (problem === null) return;
  const beside = onnx.replace(/\.onnx$/i, ".json");
  terminal.remark(` ? ${problem}`);
  terminal.remark(`   say it in ${beside}: {"features": ["column", …], "output": …, "class": …}, and register again`);
}

/** What a file beside the model says of how it is fed, as for a judgement. @throws Failure MODEL */
async function sidecarOf(path: string): Promise<Readonly<Record<string, unknown>>> {
  const { describeModel } = await import("../../../composition/describe-model.ts");
  const { path: _, ...keys } = await describeModel({ path });
  return keys;
}

async function sendVerdict(
  api: ApiClient,
  options: ModelOptions,
  path: string,
  model: string,
  version: string,
): Promise<{ readonly decision: string; readonly reason: string }> {
  const verdict = await api.upload(path);
  const evidence = await api.upload(join(dirname(path), "evidence.bin"));
  const body = { verdict: verdict.digest, evidence: evidence.digest, against: options.against ?? null };
  return api.send("POST", modelPath(model, "versions", version, "verdicts"), body);
}

async function readDescription(path: string, context: CommandContext): Promise<Description> {
  try {
    const value: unknown = JSON.parse(await readFile(resolve(context.workingDirectory, path), "utf8"));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === "ENOENT";
    throw new Failure(missing ? "FILE_MISSING" : "FILE_UNREADABLE", {
      where: path,
      message: missing ? "there is no file here" : `is no JSON: ${(cause as Error).message}`,
      cause,
    });
  }
  throw new Failure("FILE_UNREADABLE", { where: path, message: "is no JSON object with artifact and configuration" });
}

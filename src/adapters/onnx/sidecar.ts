import { readFile } from "node:fs/promises";
import { parse } from "yaml";
import { Failure } from "../../core/failures.ts";
import type { ModelSpec } from "../../app/ports/model-runtime.ts";
import type { Task } from "../../core/metrics/metric.ts";

/**
 * What a file beside the model says about it: `NAME.umpire.yaml`, `NAME.yaml` (or `.yml`), `NAME.json`,
 * `NAME.meta.json` for `NAME.onnx`.
 *
 * The keys are those of the policy: `features`, `encode`, `missing`, `output`, `class`, `task`. In `.meta.json` also, as some
 * exporters write it: `encoding` for `encode`, `score_output` for `output`, `positive_class` for `class`, and prose in
 * `missing` and `task` is passed over. Key by key, the policy wins over the files, and they over
 * each other in the order above.
 * @throws Failure MODEL where a file cannot be parsed or a key has another form
 */
export async function withSidecar(spec: ModelSpec): Promise<ModelSpec> {
  const stem = spec.path.replace(/\.onnx$/i, "");
  let merged: Partial<ModelSpec> = {};
  for (const ending of [".meta.json", ".json", ".yml", ".yaml", ".umpire.yaml"]) {
    merged = { ...merged, ...(await readSidecar(`${stem}${ending}`, ending === ".meta.json")) };
  }
  const given = Object.fromEntries(Object.entries(spec).filter(([, value]) => value !== undefined));
  return { ...merged, ...given, path: spec.path };
}

async function readSidecar(path: string, isMeta: boolean): Promise<Partial<ModelSpec>> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch {
    return {};
  }
  let value: unknown;
  try {
    value = path.endsWith("json") ? JSON.parse(text) : parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split("\n", 1)[0] : String(cause);
    throw new Failure("MODEL", {
      where: path,
      message: `the file beside the model cannot be parsed (${reason})`,
      cause,
    });
  }
  if (!isRecord(value)) throw wrong(path, "the file beside the model holds no keys");
  return readKeys(path, value, isMeta);
}

function readKeys(path: string, value: Record<string, unknown>, isMeta: boolean): Partial<ModelSpec> {
  const features = value["features"];
  const encode = value["encode"] ?? (isMeta ? value["encoding"] : undefined);
  const output = value["output"] ?? (isMeta ? value["score_output"] : undefined);
  const positive = value["class"] ?? (isMeta ? value["positive_class"] : undefined);
  const isProse = isMeta && !tasks.some((known) => known === value["task"]);
  const missing = isMeta && typeof value["missing"] === "string" ? undefined : value["missing"];
  // `features` as an object lists inputs that are found by name.
  const listsInputs = isMeta && isRecord(features);
  return {
    ...(features === undefined || listsInputs ? {} : { features: checkFeatures(path, features) }),
    ...(encode === undefined ? {} : { encode: checkEncode(path, encode) }),
    ...(missing === undefined ? {} : { missing: checkMissing(path, missing) }),
    ...(typeof output === "string" ? { output } : {}),
    ...(value["task"] === undefined || isProse ? {} : { task: checkTask(path, value["task"]) }),
    ...(typeof positive === "string" || typeof positive === "number" ? { class: positive } : {}),
  };
}

const tasks: readonly Task[] = ["binary", "multiclass", "regression", "ranking"];

function checkTask(path: string, value: unknown): Task {
  const task = tasks.find((known) => known === value);
  if (task !== undefined) return task;
  throw wrong(path, `\`task\` is one of ${tasks.join(", ")}`);
}

function checkFeatures(path: string, value: unknown): readonly string[] {
  if (Array.isArray(value) && value.every((name) => typeof name === "string")) return value;
  throw wrong(path, "`features` is a list of column names in the order of the tensor");
}

function checkEncode(path: string, value: unknown): Record<string, Record<string, number>> {
  const encode: Record<string, Record<string, number>> = {};
  if (!isRecord(value)) throw wrong(path, "`encode` gives, per column, a number for each value");
  for (const [column, table] of Object.entries(value)) {
    if (!isRecord(table)) throw wrong(path, `\`encode.${column}\` gives a number for each value`);
    const codes: Record<string, number> = {};
    for (const [category, code] of Object.entries(table)) {
      if (typeof code !== "number") throw wrong(path, `\`encode.${column}.${category}\` is not a number`);
      codes[category] = code;
    }
    encode[column] = codes;
  }
  return encode;
}

function checkMissing(path: string, value: unknown): number | string | Record<string, number | string> {
  if (typeof value === "number" || typeof value === "string") return value;
  if (!isRecord(value)) throw wrong(path, "`missing` is a number, a text, or one of them per column");
  const missing: Record<string, number | string> = {};
  for (const [column, replacement] of Object.entries(value)) {
    if (typeof replacement !== "number" && typeof replacement !== "string") {
      throw wrong(path, `\`missing.${column}\` is neither a number nor a text`);
    }
    missing[column] = replacement;
  }
  return missing;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function wrong(path: string, message: string): Failure {
  return new Failure("MODEL", { where: path, message });
}

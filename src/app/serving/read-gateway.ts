import { readFile } from "node:fs/promises";
import { dirname, isAbsolute, resolve } from "node:path";
import { Failure } from "../../core/failures.ts";
import { contractRules, usualActions } from "../../core/serving/contract-rules.ts";
import type { ColumnRule } from "../../core/serving/record-rules.ts";
import type { Contract } from "../../core/data-quality/contract.ts";
import type { Scalar } from "../../core/slices/condition.ts";
import { readContract } from "../../schemas/contract/read-contract.ts";
import type { GatewayFile, GatewayModelFile, GatewayVersionFile } from "../../schemas/gateway/gateway-file.ts";
import { parseGateway, type ParsedGateway, spanMilliseconds } from "../../schemas/gateway/parse-gateway.ts";
import { parsePrepare } from "../../schemas/gateway/parse-prepare.ts";
import { parseRouting } from "../../schemas/gateway/parse-routing.ts";
import type { Report } from "../../schemas/policy/parse-condition.ts";
import { modelDescription, parseModel } from "../../schemas/policy/parse-models.ts";
import { policyFailure } from "../../schemas/policy/parse-policy.ts";
import type { Path, SourceProblem } from "../../schemas/yaml-source.ts";
import type { ServingSource } from "../ports/serving-runtime.ts";
import { checkModelFile } from "./check-model-file.ts";
import type { GatewayConfig, ModelConfig } from "./gateway-config.ts";
import type { GatewayLimits } from "./gateway-limits.ts";
import { type GuardOptions, usualGuard } from "./guard.ts";
import { limitsOf, logOf } from "./read-limits-and-log.ts";
import { addressOf, headersOf } from "./named-secrets.ts";

/** A gateway's file as the command runs it; the flags of the command line win over it. */
export interface GatewaySettings {
  readonly config: GatewayConfig;
  readonly host: string;
  readonly port: number;
  /** Of the gRPC door; null: there is none. */
  readonly grpcPort: number | null;
  readonly limits: GatewayLimits;
  readonly keys: NonNullable<GatewayFile["keys"]>;
  readonly accessLog: boolean;
  /** What may be meant as it stands, and is worth a look. */
  readonly doubts: readonly string[];
  /** Where versions that come through the API must lie; null: none may come. */
  readonly modelsFolder: string | null;
}

interface Reading {
  readonly parsed: ParsedGateway;
  readonly resolvePath: (path: string) => string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly report: Report;
  readonly doubts: string[];
}

/**
 * Reads the `gateway` section of a file. It may name no model: a gateway that follows a server is told them.
 * @param out folder of what is written, where the file names none
 * @throws Failure FILE_MISSING, POLICY (line and column), CONTRACT
 */
export async function readGateway(
  path: string,
  workingDirectory: string,
  out: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<GatewaySettings> {
  const file = resolve(workingDirectory, path);
  const text = await readText(file, path);
  const parsed = parseGateway(text, path);
  const folder = dirname(file);
  const problems: SourceProblem[] = [];
  const reading: Reading = {
    parsed,
    resolvePath: (part) => (isAbsolute(part) ? part : resolve(folder, part)),
    environment,
    report: (problem) => problems.push(problem),
    doubts: [],
  };
  const { gateway } = parsed;
  const modelFiles = gateway.models ?? policyModels(parsed);
  const base: Path = gateway.models === undefined ? [] : ["gateway", "models"];
  const models: ModelConfig[] = [];
  for (const [name, model] of Object.entries(modelFiles))
    models.push(await modelConfig(name, model, [...base, name], reading));
  const limits = limitsOf(gateway, reading.report);
  const log = logOf(gateway, resolve(out), reading.resolvePath, reading.report);
  if (problems.length > 0) throw policyFailure(problems, parsed.source);
  return {
    config: { models, log, stateFolder: resolve(out, "gateway"), concurrency: limits.concurrency },
    host: gateway.host ?? "127.0.0.1",
    port: gateway.port ?? 8080,
    grpcPort: gateway.grpc_port ?? null,
    limits,
    keys: gateway.keys ?? [],
    accessLog: gateway.access_log ?? false,
    doubts: reading.doubts,
    modelsFolder: gateway.models_folder === undefined ? null : reading.resolvePath(gateway.models_folder),
  };
}

async function readText(file: string, shown: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    throw new Failure("FILE_MISSING", { where: shown, message: "there is no file here that can be read", cause });
  }
}

/** Champion and challenger of the policy, those that can be served. */
function policyModels({ policy }: ParsedGateway): Record<string, GatewayModelFile> {
  const models = policy["models"];
  if (typeof models !== "object" || models === null) return {};
  const servable = Object.entries(models as Record<string, GatewayVersionFile>).filter(([, model]) =>
    (["onnx", "url", "rule", "constant"] as const).some((kind) => model[kind] !== undefined),
  );
  if (servable.length === 0) return {};
  const columns = (policy["columns"] ?? {}) as Record<string, unknown>;
  const first = (value: unknown): string | undefined => {
    const one: unknown = Array.isArray(value) ? value[0] : value;
    return typeof one === "string" ? one : undefined;
  };
  const named = Object.fromEntries(
    ["unit", "time", "id", "group", "item"].flatMap((key) => {
      const column = first(columns[key]);
      return column === undefined ? [] : [[key, column]];
    }),
  );
  const model: GatewayModelFile = {
    columns: named,
    versions: Object.fromEntries(servable),
    ...(typeof policy["task"] === "string" ? { task: policy["task"] as NonNullable<GatewayModelFile["task"]> } : {}),
    ...(typeof policy["contract"] === "string" ? { contract: policy["contract"] } : {}),
  };
  return { [String(policy["model"] ?? "model")]: model };
}

async function modelConfig(name: string, file: GatewayModelFile, path: Path, reading: Reading): Promise<ModelConfig> {
  const { report } = reading;
  const versions = Object.entries(file.versions).flatMap(([version, given]) => {
    const source = sourceOf(given, file, [...path, "versions", version], reading);
    return source === null ? [] : [{ version, source }];
  });
  if (versions.length === 0 && Object.keys(file.versions).length === 0) {
    report({ path: [...path, "versions"], message: "is empty", mend: ["versions: { 1: { onnx: model.onnx } }"] });
  }
  const text = (value: string | number | undefined): string | null => (value === undefined ? null : String(value));
  const columns = file.columns ?? {};
  const contract =
    file.contract === undefined
      ? null
      : readContract(await readText(reading.resolvePath(file.contract), file.contract), file.contract);
  const config: ModelConfig = {
    name,
    task: file.task ?? null,
    columns: {
      unit: text(columns.unit),
      time: text(columns.time),
      id: text(columns.id),
      group: text(columns.group),
      item: text(columns.item),
    },
    versions,
    routing: parseRouting(name, file, Object.keys(file.versions), path, report),
    rules: contract === null ? [] : rulesOf(file, contract),
    prepare: parsePrepare(file.prepare ?? {}, [...path, "prepare"], report),
    positions: file.position ?? {},
    guard: guardOf(file, path, report),
  };
  const named = contract?.columns.map((column) => column.name) ?? null;
  reading.doubts.push(...checkModelFile(config, file, named, path, report));
  return config;
}

/** Where a version comes from; null where there was a problem. */
function sourceOf(
  file: GatewayVersionFile,
  model: GatewayModelFile,
  path: Path,
  reading: Reading,
): ServingSource | null {
  const kinds = (["onnx", "url", "rule", "constant"] as const).filter((kind) => file[kind] !== undefined);
  const [kind] = kinds;
  if (kind === undefined || kinds.length > 1) {
    reading.report({
      path,
      message: kind === undefined ? "does not say what it is" : `is ${kinds.join(" and ")}`,
      mend: ["one of onnx, url, rule, constant"],
    });
    return null;
  }
  if (kind === "constant") return { kind, value: file.constant! };
  if (kind === "rule") {
    const parsed = parseModel({ rule: file.rule }, path, null, reading.report);
    return parsed?.kind === "rule" ? { kind, rule: parsed.rule } : null;
  }
  if (kind === "onnx") {
    return {
      kind,
      path: reading.resolvePath(file.onnx!),
      ...modelDescription(file),
      ...(model.task === undefined ? {} : { task: model.task }),
      ...(file.thread === undefined ? {} : { thread: file.thread }),
    };
  }
  return {
    kind: "url",
    url: addressOf(file.url!, path, reading),
    trusted: true,
    headers: headersOf(file.headers ?? {}, path, reading),
    ...(model.task === undefined ? {} : { task: model.task }),
    ...(file.protocol === undefined ? {} : { protocol: file.protocol }),
    ...(file.model === undefined ? {} : { model: file.model }),
    ...(file.version === undefined ? {} : { version: String(file.version) }),
    ...(file.features === undefined ? {} : { features: file.features.map(String) }),
    ...(file.output === undefined ? {} : { output: file.output }),
    ...(file.class === undefined ? {} : { class: file.class }),
    ...(file.request === undefined ? {} : { request: file.request }),
    ...(file.response === undefined ? {} : { response: file.response }),
  };
}

function rulesOf(file: GatewayModelFile, contract: Contract): ColumnRule[] {
  const { missing, null: empty, type, range, unseen } = file.problems ?? {};
  const actions = {
    missing: missing ?? usualActions.missing,
    null: empty ?? usualActions.null,
    type: type ?? usualActions.type,
    range: range ?? usualActions.range,
    unseen: unseen ?? usualActions.unseen,
  };
  const replace: Readonly<Record<string, Scalar>> = file.replace ?? {};
  const made = new Map(Object.entries(file.prepare ?? {}));
  // Of a feature that is made, what it is made from must come.
  const source = (feature: string): string[] => {
    if (Object.hasOwn(file.position ?? {}, feature)) return [];
    const step = made.get(feature);
    if (step === undefined) return [feature];
    if (typeof step === "string") return [step];
    return step.constant === undefined ? [step.from ?? feature] : [];
  };
  const reads = new Set(
    Object.values(file.versions).flatMap((version) => version.features?.map(String).flatMap(source) ?? []),
  );
  // Where no version lists its features, every column of the contract is part of a request.
  const all = reads.size === 0 ? new Set(contract.columns.map((column) => column.name)) : reads;
  return contractRules(contract, actions, replace, all);
}

function guardOf(file: GatewayModelFile, path: Path, report: Report): GuardOptions {
  const span = (value: string | number | undefined, key: Path, usual: number): number => {
    if (value === undefined) return usual;
    const milliseconds = spanMilliseconds(value);
    if (milliseconds === null || milliseconds <= 0)
      report({ path: [...path, ...key], message: `is ${value}; it takes a span such as 200ms, 5s` });
    return milliseconds ?? usual;
  };
  return {
    timeoutMilliseconds: span(file.timeout, ["timeout"], usualGuard.timeoutMilliseconds),
    concurrency: file.concurrency ?? usualGuard.concurrency,
    failures: file.breaker?.failures ?? usualGuard.failures,
    openMilliseconds: span(file.breaker?.open, ["breaker", "open"], usualGuard.openMilliseconds),
  };
}

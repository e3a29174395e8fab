import { randomUUID } from "node:crypto";
import type { Clock } from "../app/ports/clock.ts";
import type { EventArchive } from "../app/ports/event-archive.ts";
import type { ServingModel, ServingSource } from "../app/ports/serving-runtime.ts";
import type { GatewayConfig, ModelConfig, VersionConfig } from "../app/serving/gateway-config.ts";
import { LabelIntake } from "../app/serving/label-intake.ts";
import { PredictionPath } from "../app/serving/prediction-path.ts";
import { createLateModel } from "../app/serving/late-model.ts";
import { createRuleModel } from "../app/serving/rule-model.ts";
import { ServedModel } from "../app/serving/served-model.ts";
import { ShadowQueue } from "../app/serving/shadow-queue.ts";
import { GatewayRollbacks, type StoredRollbacks } from "../app/serving/gateway-rollbacks.ts";
import { GatewayState, type StoredOverrides, type StoredRouting } from "../app/serving/gateway-state.ts";
import { Failure } from "../core/failures.ts";
import { compilePreparation } from "../core/serving/prepare-record.ts";
import { compileRecordRules } from "../core/serving/record-rules.ts";
import { versionsOf } from "../core/serving/routing-state.ts";
import type { PrometheusTelemetry } from "../adapters/prometheus/prometheus-telemetry.ts";
import type { SegmentLog } from "../adapters/prediction-log/segment-log.ts";
import type { RedactedModel } from "../adapters/prediction-log/redaction.ts";
import { systemClock } from "./system-clock.ts";

/** A gateway's parts, loaded and warm, before any door is opened. */
export interface OpenGateway {
  /** Grows where the gateway follows a server. */
  readonly models: Map<string, ServedModel>;
  readonly path: PredictionPath;
  readonly labels: LabelIntake;
  readonly shadows: ShadowQueue;
  readonly state: GatewayState;
  readonly rollbacks: GatewayRollbacks;
  readonly log: SegmentLog;
  /** Why closed segments did not become Parquet the last time, nor old days go; null where they did. */
  readonly rotationProblem: () => string | null;
  readonly telemetry: PrometheusTelemetry;
  readonly clock: Clock;
  /** A line for each version, where it runs and why, and what its owner should know of it. */
  readonly placements: readonly string[];
  /** Writes what waits and unloads. The doors are closed first. */
  close(): Promise<void>;
}

/** @throws Failure MODEL, FILE_MISSING, WRITE */
export async function openGateway(config: GatewayConfig): Promise<OpenGateway> {
  const clock = systemClock;
  const { createPrometheusTelemetry } = await import("../adapters/prometheus/prometheus-telemetry.ts");
  const { SegmentLog: Log } = await import("../adapters/prediction-log/segment-log.ts");
  const { tracedTelemetry } = await import("../adapters/tracing/traced-telemetry.ts");
  const telemetry = tracedTelemetry(await createPrometheusTelemetry());
  const { createRedaction, hashKey } = await import("../adapters/prediction-log/redaction.ts");
  const { RotationSchedule } = await import("../adapters/prediction-log/rotation-schedule.ts");
  const kept = new Map(config.models.map((model) => [model.name, model]));
  const models = new Map<string, ServedModel>();
  // A model that a server names later has its columns too.
  const keptOf = (name: string): RedactedModel | undefined => {
    const columns = models.get(name)?.options.columns;
    return kept.get(name) ?? (columns === undefined ? undefined : { columns, prepare: [] });
  };
  const redaction = { ...config.log, names: () => [...models.keys()], model: keptOf };
  const transform = createRedaction(redaction, () => hashKey(config.stateFolder));
  const rotation = config.log.rotate
    ? new RotationSchedule(config.log.folder, config.log.retentionDays, systemClock)
    : null;
  const log = new Log({
    ...config.log,
    onClosed: () => rotation?.start(),
    ...(transform === undefined ? {} : { transform }),
  });
  log.probe();
  if (log.hasClosedSegments() || config.log.retentionDays !== null) rotation?.start();
  const placements: string[] = [];
  for (const model of config.models) {
    const served = await openModel(model, clock);
    models.set(model.name, served);
    for (const version of served.versions) {
      const { placement, notes } = served.slot(version)!.model;
      for (const line of [placement, ...(notes ?? [])]) placements.push(`${model.name} ${version}: ${line}`);
    }
  }
  const shadows = new ShadowQueue(log, telemetry, clock);
  const { StateFile } = await import("../adapters/gateway-state/state-file.ts");
  const routingFile = new StateFile<StoredRouting>(config.stateFolder, "routing.json");
  const overridesFile = new StateFile<StoredOverrides>(config.stateFolder, "overrides.json");
  const state = new GatewayState(models, routingFile, overridesFile);
  const rollbacks = new GatewayRollbacks({
    models,
    state,
    kept: new StateFile<StoredRollbacks>(config.stateFolder, "rollbacks.json"),
    now: () => clock.now(),
    newId: randomUUID,
  });
  // Another process of the same gateway, or the server, may replace them.
  const onProblem = (error: unknown): void => process.emitWarning(String(error));
  const unwatch = [
    routingFile.watch((stored) => state.adoptRouting(stored), onProblem),
    overridesFile.watch((stored) => state.adoptOverrides(stored), onProblem),
  ];
  const counting = setInterval(() => {
    state.keepCounts();
    log.closeOld(clock.now());
  }, 1000).unref();
  const path = new PredictionPath({
    models,
    overrides: () => state.book,
    log,
    telemetry,
    shadows,
    clock,
    newId: randomUUID,
    concurrency: config.concurrency,
  });
  telemetry.gauge("umpire_requests_in_flight", "Requests under way.", () => path.inFlight);
  telemetry.gauge("umpire_log_problem", "1 where the last write to the prediction log failed.", () =>
    log.health.problem === null ? 0 : 1,
  );
  return {
    models,
    path,
    labels: new LabelIntake(log, telemetry, clock),
    shadows,
    state,
    rollbacks,
    log,
    rotationProblem: () => rotation?.problem ?? null,
    telemetry,
    clock,
    placements,
    close: async () => {
      for (const stop of unwatch) stop();
      clearInterval(counting);
      state.keepCounts();
      await shadows.drain();
      // What is closed from here on is rotated by the next run, so that a restart is quick.
      await rotation?.close();
      await log.close();
      for (const model of models.values()) await model.close();
    },
  };
}

/** A model with its versions, loaded and warm. @throws Failure MODEL */
export async function openModel(config: ModelConfig, clock: Clock): Promise<ServedModel> {
  const options = {
    task: config.task,
    columns: config.columns,
    rules: config.rules.length === 0 ? null : compileRecordRules(config.rules),
    preparation: compilePreparation(config.prepare, config.positions),
    guard: config.guard,
  };
  const served = new ServedModel(config.name, options, config.routing, clock);
  const { shadows, ...answering } = config.routing;
  const answers = new Set(versionsOf({ ...answering, shadows: [] }));
  for (const version of config.versions) {
    const onlyShadow = !answers.has(version.version) && shadows.some((shadow) => shadow.version === version.version);
    const standsIn = config.routing.fallback.some((other) => other !== version.version);
    await served.add(version.version, await loadVersion(version, onlyShadow, standsIn));
  }
  served.setRouting(config.routing);
  return served;
}

/**
 * A version that only shadows runs in a worker, so that it never stands in the way of an answer. A server that is away
 * does not keep the gateway from starting where another version can stand in, or no one waits for its answer.
 */
async function loadVersion({ source }: VersionConfig, onlyShadow: boolean, standsIn: boolean): Promise<ServingModel> {
  if (source.kind === "url" && (standsIn || onlyShadow)) {
    try {
      return await loadServingModel(source);
    } catch (error) {
      if (!(error instanceof Failure) || !isUnreachable(error)) throw error;
      return createLateModel(() => loadServingModel(source), new URL(source.url).host, messageOf(error.cause));
    }
  }
  if (source.kind === "onnx" && onlyShadow && source.thread === undefined) {
    return loadServingModel({ ...source, thread: "worker" });
  }
  return loadServingModel(source);
}

/** True where the network is at fault and not what is written: that may be mended without us. */
function isUnreachable(error: Failure): boolean {
  const { code, name } = (error.cause ?? {}) as { readonly code?: unknown; readonly name?: unknown };
  const away = ["ECONNREFUSED", "ECONNRESET", "EHOSTUNREACH", "ENETUNREACH", "ENOTFOUND", "EAI_AGAIN", "ETIMEDOUT"];
  return (typeof code === "string" && away.includes(code)) || name === "TimeoutError" || name === "AbortError";
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

/** The log in a folder, for export and rotation. */
export async function openEventArchive(folder: string): Promise<EventArchive> {
  const { createEventArchive } = await import("../adapters/prediction-log/event-archive.ts");
  return createEventArchive(folder);
}

/** Loads a model from wherever it comes. @throws Failure MODEL */
export async function loadServingModel(source: ServingSource): Promise<ServingModel> {
  switch (source.kind) {
    case "rule":
    case "constant":
      return createRuleModel(source);
    case "onnx": {
      const { createOnnxServingRuntime } = await import("../adapters/onnx/onnx-serving-runtime.ts");
      return createOnnxServingRuntime().load(source);
    }
    case "url": {
      const { createRemoteRuntime } = await import("../adapters/remote/remote-runtime.ts");
      return createRemoteRuntime().load(source);
    }
  }
}

import type { LoadedModel, ModelRuntime, ModelSpec } from "../../app/ports/model-runtime.ts";
import type { ServingModel } from "../../app/ports/serving-runtime.ts";
import { tableRecords } from "../../app/serving/file-records.ts";
import { Failure } from "../../core/failures.ts";
import type { Table } from "../../core/tables/table.ts";
import { type Environment, fillAddress, fillNames } from "../../schemas/written-secrets.ts";
import { shownAddress } from "./remote-address.ts";
import { createRemoteRuntime } from "./remote-runtime.ts";

const rowsPerCall = 500;
const callsAtATime = 4;
const slowestCallMilliseconds = 60_000;

/** Scores tables by models that other servers hold. @param environment fills `${ENV}` in headers */
export function createRemoteModelRuntime(environment: Environment): ModelRuntime {
  return { load: (spec) => load(spec, environment) };
}

async function load(spec: ModelSpec, environment: Environment): Promise<LoadedModel> {
  const { protocol, request, response, headers = {} } = spec.remote ?? {};
  const model = await createRemoteRuntime().load({
    kind: "url",
    url: fillAddress(spec.path, environment, (name) => missing(name, "the address", spec)),
    trusted: true,
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, text]) => [
        name,
        fillNames(text, environment, (missed) => missing(missed, "a header", spec)),
      ]),
    ),
    ...(spec.features === undefined ? {} : { features: spec.features }),
    ...(spec.output === undefined ? {} : { output: spec.output }),
    ...(spec.class === undefined ? {} : { class: spec.class }),
    ...(spec.task === undefined ? {} : { task: spec.task }),
    ...(protocol === undefined ? {} : { protocol }),
    ...(request === undefined ? {} : { request }),
    ...(response === undefined ? {} : { response }),
  });
  if (model.columns.length === 0) {
    await model.close();
    const columns = (spec.columns ?? []).map((column) => column.name);
    throw new Failure("MODEL", {
      where: shownAddress(spec.path),
      message: "the server does not say which columns it takes",
      mend: ["name the columns that it is sent, and not the label:", `features: [${columns.slice(0, 12).join(", ")}]`],
    });
  }
  return {
    digest: model.digest,
    needs: model.columns.map((name) => ({ name, as: "auto" as const })),
    ...(model.classes === undefined ? {} : { classes: model.classes }),
    score: (table, onProgress) => score(model, table, spec, onProgress),
    close: () => model.close(),
  };
}

function missing(name: string, what: string, spec: ModelSpec): never {
  throw new Failure("MODEL", {
    where: shownAddress(spec.path),
    message: `${what} wants ${name}, which is not in the environment`,
    mend: [`export ${name}=… before starting`],
  });
}

async function score(
  model: ServingModel,
  table: Table,
  spec: ModelSpec,
  onProgress: ((done: number, total: number) => void) | undefined,
): Promise<{ width: number; values: Float64Array }> {
  let values: Float64Array | null = null;
  let width = 1;
  let next = 0;
  let done = 0;
  const work = async (): Promise<void> => {
    while (next < table.rows) {
      const from = next;
      next = Math.min(from + rowsPerCall, table.rows);
      const records = tableRecords(table, from, next).map((record) =>
        Object.fromEntries(model.columns.map((name) => [name, record[name]])),
      );
      const answer = await ask(model, records, spec, table.firstRow + from);
      width = answer.width;
      values ??= new Float64Array(table.rows * width);
      values.set(answer.scores, from * width);
      done += records.length;
      onProgress?.(done, table.rows);
    }
  };
  await Promise.all(Array.from({ length: callsAtATime }, work));
  return { width, values: values ?? new Float64Array(0) };
}

async function ask(
  model: ServingModel,
  records: readonly Readonly<Record<string, unknown>>[],
  spec: ModelSpec,
  firstRow: number,
): ReturnType<ServingModel["predict"]> {
  try {
    const signal = AbortSignal.timeout(slowestCallMilliseconds);
    const answer = await model.predict({ count: records.length, records }, { signal });
    if (answer.texts !== undefined) throw new Error("it answers texts, and a verdict needs scores");
    if (answer.width === 1 || spec.task === "multiclass" || spec.task === undefined) return answer;
    throw new Failure("MODEL", {
      where: shownAddress(spec.path),
      message: `the model answers ${answer.width} numbers a row where a ${spec.task} score is one`,
      mend: [`say which one: class: … (0 to ${answer.width - 1})`],
    });
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    throw new Failure("MODEL", {
      where: shownAddress(spec.path),
      message: `the model failed on rows ${firstRow + 1} to ${firstRow + records.length}: ${cause instanceof Error ? cause.message : String(cause)}`,
      cause,
    });
  }
}

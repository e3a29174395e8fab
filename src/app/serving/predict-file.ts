import { Failure } from "../../core/failures.ts";
import { type FeatureRecord, RequestFailure } from "../../core/serving/feature-record.ts";
import type { PredictReply, PredictRequest, RowReply } from "./predict-request.ts";
import { type PredictionPath, Unlogged } from "./prediction-path.ts";
import { listOrder } from "./row-reply.ts";
import type { ServedModel } from "./served-model.ts";
import { VersionRefusal } from "./version-refusal.ts";

/** One row of the answer file. */
export type FilePrediction = Readonly<Record<string, string | number | null>>;

/** Rows of one request where they are no lists. */
const rowsPerRequest = 500;

/**
 * Sends the rows of files through the path of live requests: the same contract, rules, version and log. Rows of one
 * list (consecutive rows of one group) go as one request, so that a list is routed as it would be live.
 */
export async function* predictRecords(
  path: PredictionPath,
  model: ServedModel,
  version: string | null,
  blocks: AsyncIterable<readonly FeatureRecord[]>,
): AsyncGenerator<readonly FilePrediction[]> {
  const group = model.options.task === "ranking" ? model.options.columns.group : null;
  let waiting: FeatureRecord[] = [];
  const ended = new Set<unknown>();
  let row = 0;
  const list = group !== null;
  const flush = async (records: readonly FeatureRecord[]): Promise<readonly FilePrediction[]> => {
    if (records.length === 0) return [];
    const first = row;
    row += records.length;
    return answer(path, { model: model.name, version, ...fromFile, list }, records, first);
  };
  for await (const block of blocks) {
    for (const record of block) {
      const full =
        group === null ? waiting.length >= rowsPerRequest : waiting.length > 0 && waiting[0]![group] !== record[group];
      if (full) {
        if (group !== null) ended.add(waiting[0]![group]);
        yield await flush(waiting);
        waiting = [];
      }
      if (group !== null && waiting.length === 0 && ended.has(record[group])) throw apart(group, record[group]);
      waiting.push(record);
    }
  }
  yield await flush(waiting);
}

const fromFile = { allOutputs: false, unit: null, context: null, time: null, key: null, door: "file" } as const;

/**
 * Answers rows as live requests would be: where a request of many cannot be answered, its rows are asked again in smaller
 * ones, so that a bad row costs no other its answer. A list stays whole.
 * @throws Failure WRITE where the log cannot keep what it promises to keep
 */
async function answer(
  path: PredictionPath,
  request: Omit<PredictRequest, "rows">,
  records: readonly FeatureRecord[],
  first: number,
): Promise<readonly FilePrediction[]> {
  try {
    const reply = await path.predict({ ...request, rows: { count: records.length, records } });
    return rowsOf(reply, first, request.list);
  } catch (error) {
    if (error instanceof Unlogged) throw new Failure("WRITE", { message: error.message, cause: error });
    const isRefusal = error instanceof VersionRefusal;
    if (!isRefusal && !(error instanceof RequestFailure)) throw error;
    if (records.length === 1 || request.list) {
      const reason = isRefusal
        ? `no version could answer: ${error.message}`
        : error.message.replace(/^record 1:? /, "");
      return records.map((_, i) => unanswered(first + i, reason, isRefusal, request.list));
    }
    const half = records.length >> 1;
    return [
      ...(await answer(path, request, records.slice(0, half), first)),
      ...(await answer(path, request, records.slice(half), first + half)),
    ];
  }
}

function unanswered(row: number, reason: string, isRefusal: boolean, list: boolean): FilePrediction {
  return {
    row: row + 1,
    id: null,
    prediction: null,
    ...(list ? { item: null, position: null } : {}),
    classes: null,
    version: null,
    cohort: null,
    arm: null,
    fallback: null,
    rejected: isRefusal ? null : reason,
    error: isRefusal ? reason : null,
    marks: null,
    overrides: null,
  };
}

/** A list whose rows stand apart would be put in order piece by piece. */
function apart(group: string, value: unknown): Failure {
  return new Failure("DATA", {
    message: `the rows of the list ${group} = ${String(value).slice(0, 100)} do not stand together`,
    mend: [`sort the file by ${group}`],
  });
}

function rowsOf(reply: PredictReply, first: number, list: boolean): FilePrediction[] {
  const positions = list ? new Map(listOrder(reply.rows).map((row, position) => [row.row, position])) : null;
  return reply.rows.map((row) => filePrediction(row, first, positions));
}

/** Several numbers or texts stand in one cell, as JSON. */
function cellOf(prediction: RowReply["prediction"]): string | number | null {
  return typeof prediction === "object" && prediction !== null ? JSON.stringify(prediction) : prediction;
}

function filePrediction(row: RowReply, first: number, positions: ReadonlyMap<number, number> | null): FilePrediction {
  return {
    row: first + row.row + 1,
    id: row.id,
    prediction: cellOf(row.prediction),
    ...(positions === null ? {} : { item: row.item, position: positions.get(row.row) ?? null }),
    classes: row.classes === null ? null : JSON.stringify(row.classes),
    version: row.version,
    cohort: row.cohort,
    arm: row.arm,
    fallback: row.fallback,
    rejected: row.rejected.length === 0 ? null : row.rejected.map((problem) => problem.message).join("; "),
    error: null,
    marks: row.marks.length === 0 ? null : row.marks.map((mark) => mark.message).join("; "),
    overrides: row.overrides.length === 0 ? null : row.overrides.map((effect) => effect.kind).join(","),
  };
}

import type { PredictionPath } from "../../app/serving/prediction-path.ts";
import type { RowReply } from "../../app/serving/predict-request.ts";
import type { ServedModel } from "../../app/serving/served-model.ts";
import { type FeatureRecord, RequestFailure } from "../../core/serving/feature-record.ts";
import { asObject } from "../../schemas/serving/as-object.ts";
import { type Exchange, parseJson, readBody, sendDocument } from "./http-exchange.ts";
import type { GatewayLimits } from "../../app/serving/gateway-limits.ts";

/**
 * MLflow's scoring protocol: `dataframe_split`, `dataframe_records`, `instances` or `inputs`, answered with
 * `predictions`.
 */
export async function answerInvocations(
  exchange: Exchange,
  path: PredictionPath,
  model: ServedModel,
  limits: GatewayLimits,
): Promise<void> {
  const body = await readBody(exchange, limits);
  const document = asObject(parseJson(body), "the body");
  const columns = model.champion?.model.columns ?? [];
  const records = invocationRecords(document, columns, wholeInput(model));
  if (records.length === 0) throw new RequestFailure("the body holds no rows");
  if (records.length > limits.batch) {
    throw new RequestFailure(`${records.length} rows in one request; the limit is ${limits.batch}`, 413);
  }
  const parameters = document["params"] === undefined ? {} : asObject(document["params"], "`params`");
  const unit = parameters["unit"];
  const reply = await path.predict({
    model: model.name,
    version: null,
    rows: { count: records.length, records },
    allOutputs: false,
    unit: typeof unit === "string" ? unit : null,
    context: null,
    time: null,
    key: null,
    list: false,
    door: "mlflow",
  });
  const refused = reply.rows.find((row) => row.rejected.length > 0);
  if (refused !== undefined) {
    throw new RequestFailure(`row ${refused.row + 1} is refused by the contract: ${refused.rejected[0]!.message}`);
  }
  return sendDocument(exchange, 200, JSON.stringify({ predictions: reply.rows.map(predictionOf) }), {
    "umpire-prediction-id": reply.request,
  });
}

function predictionOf(row: RowReply): unknown {
  return row.classes === null ? row.prediction : Object.values(row.classes);
}

/** The input that a row fills whole, where nothing says which columns it holds; null where there is no such, or several. */
function wholeInput(model: ServedModel): string | null {
  const { columns, inputs } = model.champion?.model ?? { columns: [], inputs: [] };
  return columns.length === 0 && inputs.length === 1 ? inputs[0]!.name : null;
}

/**
 * The rows of any of the four forms by column name.
 * @param columns of the model, for forms without names
 * @param whole the input that a row without names is, where the model knows no columns
 */
export function invocationRecords(
  document: Readonly<Record<string, unknown>>,
  columns: readonly string[],
  whole: string | null = null,
): FeatureRecord[] {
  const { dataframe_split: split, dataframe_records: rows, instances, inputs } = document;
  const given = [split, rows, instances, inputs].filter((form) => form !== undefined);
  if (given.length !== 1) {
    throw new RequestFailure("the body has exactly one of dataframe_split, dataframe_records, instances, inputs");
  }
  if (rows !== undefined) return listOf(rows, "dataframe_records").map((row) => asObject(row, "each record"));
  if (split !== undefined) return splitRecords(asObject(split, "`dataframe_split`"), columns);
  if (instances !== undefined) return rowsOf(listOf(instances, "instances"), columns, whole);
  if (Array.isArray(inputs)) return rowsOf(inputs, columns, whole);
  return columnRecords(asObject(inputs, "`inputs`"), columns, whole);
}

function splitRecords(split: Readonly<Record<string, unknown>>, columns: readonly string[]): FeatureRecord[] {
  const names =
    split["columns"] === undefined ? columns : listOf(split["columns"], "dataframe_split.columns").map(String);
  return listOf(split["data"], "dataframe_split.data").map((row, i) => byName(row, names, i));
}

function rowsOf(rows: readonly unknown[], columns: readonly string[], whole: string | null): FeatureRecord[] {
  return rows.map((row) => (whole !== null && Array.isArray(row) ? { [whole]: row } : instanceRecord(row, columns)));
}

function instanceRecord(row: unknown, columns: readonly string[]): FeatureRecord {
  if (Array.isArray(row)) return byName(row, columns, 0);
  if (typeof row === "object") return asObject(row, "each instance");
  return byName([row], columns, 0);
}

function byName(row: unknown, names: readonly string[], index: number): FeatureRecord {
  const values = listOf(row, "each row");
  if (values.length !== names.length) {
    throw new RequestFailure(`row ${index + 1} has ${values.length} values for ${names.length} columns`);
  }
  return Object.fromEntries(names.map((name, i) => [name, values[i]]));
}

/** Columns of values (`{a: [1, 2]}`), or one tensor of rows under the name of an input. */
function columnRecords(
  inputs: Readonly<Record<string, unknown>>,
  columns: readonly string[],
  whole: string | null,
): FeatureRecord[] {
  const names = Object.keys(inputs);
  const [first] = names;
  if (first === undefined) return [];
  if (names.length === 1 && !columns.includes(first) && Array.isArray(inputs[first])) {
    return rowsOf(inputs[first] as unknown[], columns, whole);
  }
  const lists = names.map((name) => (Array.isArray(inputs[name]) ? (inputs[name] as unknown[]) : [inputs[name]]));
  const rows = lists[0]!.length;
  if (lists.some((list) => list.length !== rows)) throw new RequestFailure("the columns of `inputs` differ in length");
  return Array.from({ length: rows }, (_, row) =>
    Object.fromEntries(names.map((name, i) => [name, single(lists[i]![row])])),
  );
}

/** Columns come as [n] or as [n, 1]. */
function single(value: unknown): unknown {
  return Array.isArray(value) && value.length === 1 ? (value as unknown[])[0] : value;
}

function listOf(value: unknown, what: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new RequestFailure(`\`${what}\` is a list`);
}

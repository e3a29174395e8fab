import type { ServingModel, UrlServingSource } from "../../app/ports/serving-runtime.ts";
import { type FeatureRecord, RequestFailure } from "../../core/serving/feature-record.ts";
import { jsonOf, type RemoteHttp, RemoteRefusal } from "./remote-http.ts";
import { type AskRecords, recordModel } from "./record-model.ts";
import { pathParts, predictionsAt, usualPredictions } from "./response-path.ts";

/** Bodies that servers usually take, tried in this order until one is accepted. */
const usualRequests = [
  ".",
  "[]",
  "records[]",
  "instances[]",
  "inputs[]",
  "data[]",
  "rows[]",
  "features",
  "record",
  "input",
];

/**
 * A model behind any server that takes and gives JSON. `request` says where the records go: `records[]` (a list under
 * that key), `[]` (a bare list), `.` (one record a call, bare) or `features` (one record a call, under that key);
 * `response` where the predictions stand. Without them the server's OpenAPI description and the usual forms are tried.
 */
export async function openJsonModel(url: URL, http: RemoteHttp, source: UrlServingSource): Promise<ServingModel> {
  const path = `${url.pathname}${url.search}`;
  let form = source.request ?? (await describedRequest(url, http));
  // The host must be there, so that a wrong address is known at the start and not at the first request.
  await http.call("GET", url.pathname, null, {}, AbortSignal.timeout(source.timeoutMilliseconds ?? 5000));
  const ask: AskRecords = async (records, signal) => {
    if (form !== null) return askWith(form, records, signal);
    let refusal: unknown = new Error("no usual form of request was accepted; say which: request: records[]");
    for (const candidate of usualRequests) {
      try {
        const answers = await askWith(candidate, records, signal);
        form = candidate;
        return answers;
      } catch (error) {
        if (error instanceof RequestFailure || error instanceof RemoteRefusal) refusal = error;
        else if (signal?.aborted === true) throw error;
      }
    }
    throw refusal;
  };
  const askWith = async (
    request: string,
    records: readonly FeatureRecord[],
    signal: AbortSignal | undefined,
  ): ReturnType<AskRecords> => {
    if (pathParts(request).at(-1) === "[]") return read(await post(placed(request, records), signal), records.length);
    const answers = await Promise.all(records.map((record) => post(placed(request, record), signal)));
    return answers.flatMap((answer) => read(answer, 1));
  };
  const post = async (body: unknown, signal: AbortSignal | undefined): Promise<unknown> => {
    try {
      const text = JSON.stringify(body, (_key, value: unknown) => (typeof value === "bigint" ? Number(value) : value));
      return jsonOf(await http.call("POST", path, text, { "content-type": "application/json" }, signal));
    } catch (error) {
      if (error instanceof RemoteRefusal && (error.status === 400 || error.status === 422))
        throw new RequestFailure(error.message);
      throw error;
    }
  };
  const read = (answer: unknown, rows: number): ReturnType<typeof usualPredictions> =>
    source.response === undefined ? usualPredictions(answer, rows) : predictionsAt(answer, source.response, rows);
  return recordModel("json", url, http, source, ask);
}

/** The value at a path of an otherwise empty document. */
function placed(path: string, value: unknown): unknown {
  const keys = pathParts(path).filter((part) => part !== "[]");
  return keys.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);
}

/** What a server's OpenAPI description (FastAPI writes one) says that the path takes; null where it says nothing. */
async function describedRequest(url: URL, http: RemoteHttp): Promise<string | null> {
  try {
    const signal = AbortSignal.timeout(3000);
    const document = jsonOf(await http.call("GET", "/openapi.json", null, {}, signal)) as OpenApi;
    const schema = document.paths?.[url.pathname]?.post?.requestBody?.content?.["application/json"]?.schema;
    return schema === undefined ? null : formOf(resolveRef(schema, document), document);
  } catch {
    return null;
  }
}

interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
}

interface OpenApi {
  readonly paths?: Readonly<
    Record<string, { post?: { requestBody?: { content?: Readonly<Record<string, { schema?: Schema }>> } } }>
  >;
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> };
}

function formOf(schema: Schema, document: OpenApi): string | null {
  if (schema.type === "array") return "[]";
  const properties = Object.entries(schema.properties ?? {});
  if (properties.length === 0) return schema.type === "object" ? "." : null;
  for (const [name, property] of properties) {
    const own = resolveRef(property, document);
    const item = own.items === undefined ? undefined : resolveRef(own.items, document);
    if (own.type === "array" && (item?.type === "object" || item?.properties !== undefined)) return `${name}[]`;
    if (own.type === "object" && properties.length === 1) return name;
  }
  return ".";
}

function resolveRef(schema: Schema, document: OpenApi): Schema {
  const name = schema.$ref?.split("/").at(-1);
  return name === undefined ? schema : (document.components?.schemas?.[name] ?? schema);
}

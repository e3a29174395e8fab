import type { ServingModel, ServingRuntime, UrlServingSource } from "../../app/ports/serving-runtime.ts";
import { Failure, InternalError } from "../../core/failures.ts";
import { openJsonModel } from "./json-model.ts";
import { openMlflowModel } from "./mlflow-model.ts";
import { openV2Model } from "./open-inference-model.ts";
import { parseAddress, shownAddress } from "./remote-address.ts";
import { jsonOf, RemoteHttp } from "./remote-http.ts";

/** Time that the first look at a server may take. */
const firstLookMilliseconds = 5000;

/** Serves models that other servers hold: Open Inference, MLflow, or any that takes and gives JSON. */
export function createRemoteRuntime(): ServingRuntime {
  return {
    load: async (source) => {
      if (source.kind !== "url") throw new InternalError(`the remote runtime was given ${source.kind}`);
      return open(source);
    },
  };
}

async function open(source: UrlServingSource): Promise<ServingModel> {
  const url = parseAddress(source.url, (details) => new Failure("MODEL", { where: "a remote model", ...details }));
  const http = new RemoteHttp(url, { headers: source.headers ?? {}, trusted: source.trusted ?? false });
  try {
    const protocol = source.protocol ?? (await guessProtocol(url, http));
    if (protocol === "open-inference") return await openV2Model(url, http, source);
    if (protocol === "mlflow") return openMlflowModel(url, http, source);
    return await openJsonModel(url, http, source);
  } catch (error) {
    http.close();
    if (error instanceof Failure) throw error;
    throw new Failure("MODEL", {
      where: shownAddress(url),
      message: `the server does not answer as a model: ${error instanceof Error ? error.message : String(error)}`,
      mend: [
        "is it running, and is the address the model's?",
        "say what it speaks: protocol: open-inference, mlflow or json",
      ],
      cause: error,
    });
  }
}

/** By the path where it tells, else by asking the server. */
async function guessProtocol(url: URL, http: RemoteHttp): Promise<"open-inference" | "mlflow" | "json"> {
  if (/\/v2(\/models\/|\/?$)/.test(url.pathname)) return "open-inference";
  if (/\/invocations\/?$/.test(url.pathname)) return "mlflow";
  if (url.pathname !== "/" && url.pathname !== "") return "json";
  const signal = AbortSignal.timeout(firstLookMilliseconds);
  const server = await http.call("GET", "/v2", null, {}, signal);
  try {
    const document = jsonOf(server);
    if (typeof document === "object" && document !== null && "extensions" in document) return "open-inference";
  } catch {
    // Not that protocol.
  }
  const version = await http.call("GET", "/version", null, {}, signal);
  const ping = await http.call("GET", "/ping", null, {}, signal);
  return version.status === 200 && ping.status === 200 ? "mlflow" : "json";
}

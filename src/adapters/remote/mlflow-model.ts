import type { ServingModel, UrlServingSource } from "../../app/ports/serving-runtime.ts";
import { RequestFailure } from "../../core/serving/feature-record.ts";
import { jsonOf, type RemoteHttp, RemoteRefusal } from "./remote-http.ts";
import { recordModel } from "./record-model.ts";
import { predictionsAt, usualPredictions } from "./response-path.ts";

/** A model of `mlflow models serve`: rows go as `dataframe_split`, answers come as `predictions`. */
export function openMlflowModel(url: URL, http: RemoteHttp, source: UrlServingSource): ServingModel {
  const path = /\/invocations\/?$/.test(url.pathname) ? url.pathname : `${url.pathname.replace(/\/$/, "")}/invocations`;
  return recordModel("mlflow", url, http, source, async (records, signal) => {
    const columns = source.features ?? [...new Set(records.flatMap((record) => Object.keys(record)))];
    const data = records.map((record) => columns.map((name) => record[name] ?? null));
    const body = JSON.stringify({ dataframe_split: { columns, data } });
    try {
      const answer = jsonOf(await http.call("POST", path, body, { "content-type": "application/json" }, signal));
      return source.response === undefined
        ? usualPredictions(answer, records.length)
        : predictionsAt(answer, source.response, records.length);
    } catch (error) {
      if (error instanceof RemoteRefusal && (error.status === 400 || error.status === 422))
        throw new RequestFailure(error.message);
      throw error;
    }
  });
}

import { createServer, type Server } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Task } from "../../core/metrics/metric.ts";
import type { Table } from "../../core/tables/table.ts";
import { createRemoteModelRuntime } from "./remote-model-runtime.ts";
import { createRemoteRuntime } from "./remote-runtime.ts";

/** Answers each row of MLflow's `dataframe_split` and of a tensor "x" with the numbers a and 2 a. */
const server: Server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const text = Buffer.concat(chunks).toString("utf8");
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify(answer(request.url ?? "", text === "" ? {} : (JSON.parse(text) as Body))));
  });
});
let address = "";

interface Body {
  readonly dataframe_split?: { readonly data: readonly (readonly number[])[] };
  readonly inputs?: readonly { readonly data: readonly number[] }[];
}

function answer(path: string, body: Body): unknown {
  if (path === "/invocations") return { predictions: body.dataframe_split?.data.map(([a]) => [a!, 2 * a!]) ?? [] };
  if (path === "/v2") return { name: "s", version: "1", extensions: [] };
  const name = /models\/(\w+)/.exec(path)?.[1] ?? "";
  const output = name === "probabilities" ? "predict_proba" : "predict";
  if (!path.endsWith("/infer")) {
    const label = name === "labelled" ? [{ name: "label", datatype: "INT64", shape: [-1] }] : [];
    return {
      name,
      platform: "p",
      inputs: [{ name: "x", datatype: "FP64", shape: [-1, 1] }],
      outputs: [{ name: output, datatype: "FP64", shape: [-1, 2] }, ...label],
    };
  }
  const { data } = body.inputs![0]!;
  const values = data.flatMap((a) => [a, 2 * a]);
  return { outputs: [{ name: output, datatype: "FP64", shape: [data.length, 2], data: values }] };
}

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const bound = server.address();
  address = `http://127.0.0.1:${typeof bound === "object" ? bound!.port : 0}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

async function scores(path: string, more: object): Promise<{ width: number; scores: number[] }> {
  const url = `${address}${path}`;
  const model = await createRemoteRuntime().load({ kind: "url", url, trusted: true, ...more });
  const answered = await model.predict({ count: 2, records: [{ x: 1 }, { x: 3 }] }, {});
  await model.close();
  return { width: answered.width, scores: [...answered.scores] };
}

test("two numbers of a regression behind a server are both the answer", async () => {
  const both = { width: 2, scores: [1, 2, 3, 6] };
  expect(await scores("/invocations", { features: ["x"], task: "regression" })).toEqual(both);
  expect(await scores("/v2/models/predictions", {})).toEqual(both);
  expect(await scores("/v2/models/predictions", { class: 0 })).toEqual({ width: 1, scores: [1, 3] });
});

test("two probabilities are one score: by their name, a label beside them, or the task", async () => {
  const one = { width: 1, scores: [2, 6] };
  expect(await scores("/v2/models/probabilities", {})).toEqual(one);
  expect(await scores("/v2/models/labelled", {})).toEqual(one);
  expect(await scores("/v2/models/predictions", { task: "binary" })).toEqual(one);
  expect(await scores("/invocations", { features: ["x"], task: "binary" })).toEqual(one);
});

test("two numbers of a regression are not judged as one: the error says how to choose", async () => {
  const values = Float64Array.of(1, 3);
  const table: Table = { rows: 2, firstRow: 0, columns: new Map([["x", { name: "x", kind: "number", values }]]) };
  const judged = async (path: string, task: Task): Promise<number[]> => {
    const model = await createRemoteModelRuntime({}).load({ path: `${address}${path}`, features: ["x"], task });
    try {
      return [...(await model.score(table)).values];
    } finally {
      await model.close();
    }
  };
  for (const path of ["/invocations", "/v2/models/predictions"]) {
    await expect(judged(path, "regression")).rejects.toMatchObject({
      message: "the model answers 2 numbers a row where a regression score is one",
      mend: ["say which one: class: … (0 to 1)"],
    });
    expect(await judged(path, "binary")).toEqual([2, 6]);
  }
});

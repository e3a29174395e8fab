import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { inspect } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { servingRuntimeContract } from "../../../test/contracts/serving-runtime.contract.ts";
import { createRemoteRuntime } from "./remote-runtime.ts";

type Handler = (path: string, body: unknown, response: ServerResponse) => void;

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString("utf8");
  return text === "" ? null : JSON.parse(text);
}

const servers: Server[] = [];

function serve(handler: Handler): Promise<string> {
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => handler(request.url ?? "", body, response));
  });
  servers.push(server);
  return new Promise((resolve) =>
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(`http://127.0.0.1:${typeof address === "object" ? address!.port : 0}`);
    }),
  );
}

function send(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(value));
}

/** The model of every server here: a + 2 b. */
const records = [
  { a: 1, b: 2 },
  { a: 0.5, b: -1 },
  { a: 0, b: 0 },
];
const scores = [5, -1.5, 0];

interface Row {
  readonly a?: unknown;
  readonly b?: unknown;
}

function score({ a, b }: Row): number | null {
  return typeof a === "number" && typeof b === "number" ? a + 2 * b : null;
}

let fastapi = "";
let single = "";
let mlflow = "";
let v2 = "";
let lying = "";

const answerList = (rows: readonly Row[], key: string | null, response: ServerResponse): void => {
  const values = rows.map(score);
  if (values.includes(null)) send(response, 422, { detail: "a and b are numbers" });
  else send(response, 200, key === null ? values : { [key]: values });
};

beforeAll(async () => {
  fastapi = await serve((path, body, response) => {
    const list = { type: "array", items: { $ref: "#/components/schemas/Row" } };
    if (path === "/openapi.json") {
      send(response, 200, {
        paths: {
          "/score": {
            post: {
              requestBody: {
                content: { "application/json": { schema: { properties: { batch: list }, type: "object" } } },
              },
            },
          },
        },
        components: { schemas: { Row: { type: "object", properties: { a: { type: "number" } } } } },
      });
    } else if (path !== "/score" || body === null) send(response, 404, {});
    else answerList((body as { batch: Row[] }).batch, "anything", response);
  });
  single = await serve((_path, body, response) => {
    const value = body === null || Array.isArray(body) ? null : score(body as Row);
    if (value === null) send(response, 422, { detail: "a and b are numbers" });
    else send(response, 200, { model: "x", score: value });
  });
  mlflow = await serve((path, body, response) => {
    const split = (body as { dataframe_split?: { columns: string[]; data: unknown[][] } } | null)?.dataframe_split;
    if (path !== "/invocations" || split === undefined) return send(response, 404, {});
    const rows = split.data.map((row) => Object.fromEntries(split.columns.map((name, i) => [name, row[i]])));
    answerList(rows, "predictions", response);
  });
  v2 = await serve((path, body, response) => {
    if (path === "/v2") return send(response, 200, { name: "s", version: "1", extensions: [] });
    if (path === "/v2/models/m") {
      const tensor = (name: string) => ({ name, datatype: "FP64", shape: [-1, 1] });
      return send(response, 200, {
        name: "m",
        platform: "p",
        inputs: ["a", "b"].map(tensor),
        outputs: [tensor("out")],
      });
    }
    const inputs = (body as { inputs: { name: string; data: number[] }[] }).inputs;
    const [a, b] = ["a", "b"].map((name) => inputs.find((input) => input.name === name)!.data);
    const data = a!.map((value, i) => value + 2 * b![i]!);
    send(response, 200, {
      model_name: "m",
      outputs: [{ name: "out", datatype: "FP64", shape: [data.length, 1], data }],
    });
  });
  lying = await serve((path, body, response) => {
    if (body === null) return send(response, 404, {});
    if (path === "/short") send(response, 200, { predictions: [1] });
    else if (path === "/words") send(response, 200, { predictions: { nothing: "here" } });
    else if (path === "/html") response.end("<html>");
    else if (path === "/away") response.writeHead(307, { location: `${single}/predict` }).end();
    else response.end("[".repeat(100_000));
  });
});

afterAll(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

const load = (url: string, more: object = {}) =>
  createRemoteRuntime().load({ kind: "url", url, trusted: true, ...more });
const wrong = { a: "many", b: 1 };

servingRuntimeContract("a server whose OpenAPI description says where records go", {
  open: () => load(`${fastapi}/score`, { features: ["a", "b"] }),
  records,
  scores,
  wrong,
});
servingRuntimeContract("a server that takes one bare record a call", {
  open: () => load(`${single}/predict`),
  records,
  scores,
  wrong,
});
servingRuntimeContract("a server with declared paths", {
  open: () => load(`${single}/predict`, { request: ".", response: "score" }),
  records,
  scores,
  wrong,
});
servingRuntimeContract("MLflow", { open: () => load(`${mlflow}/invocations`), records, scores, wrong });
servingRuntimeContract("Open Inference", { open: () => load(`${v2}/v2/models/m`), records, scores, wrong });

test("a server that answers for other rows, in words or not at all is a failure of the model, not of the client", async () => {
  for (const path of ["/short", "/words", "/html", "/away", "/deep"]) {
    const model = await load(`${lying}${path}`, { request: "records[]" });
    const asked = model.predict({ count: 2, records: records.slice(0, 2) }, {});
    await expect(asked).rejects.toThrow(/./);
    await expect(asked).rejects.not.toHaveProperty("name", "RequestFailure");
    await model.close();
  }
});

test("private addresses are refused where they came through the API", async () => {
  await expect(load(single, { trusted: false })).rejects.toThrow(/private/);
  await expect(load("http://[::1]:9/", { trusted: false })).rejects.toThrow(/private/);
  await expect(load("http://localhost:9/x", { trusted: false, request: "." })).rejects.toThrow(/private/);
  await expect(load("file:///etc/passwd")).rejects.toThrow(/http/);
});

test("a server that is not there is refused when it is loaded, with its address", async () => {
  await expect(load("http://127.0.0.1:1/predict")).rejects.toMatchObject({
    code: "MODEL",
    where: "http://127.0.0.1:1/predict",
  });
});

test.each([
  ["no URL", "h ttp://u:s3cret@h/?token=s3cret", /no URL/],
  ["of another kind", "ftp://u:s3cret@127.0.0.1/x?token=s3cret", /ftp: is not called/],
  ["away", "http://u:s3cret@127.0.0.1:1/score?token=s3cret", /does not answer as a model/],
])("an address that is %s is refused without user, password and token", async (_name, url, message) => {
  const error: unknown = await createRemoteRuntime()
    .load({ kind: "url", url, trusted: true })
    .catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: "MODEL", message: expect.stringMatching(message) as string });
  expect(inspect(error, { depth: 9, showHidden: true })).not.toContain("s3cret");
});

test("user and password of an address go to the server as Basic authorization; the model is the same without them", async () => {
  const seen: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    seen.push(request.headers.authorization);
    send(response, 200, [5, -1.5, 0]);
  });
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  const source = { kind: "url", trusted: true, protocol: "json", request: "[]", features: ["a", "b"] } as const;
  const load = (url: string) => createRemoteRuntime().load({ ...source, url });
  const model = await load(`http://us%3Aer:p%C3%A4ss@127.0.0.1:${port}/score`);
  await model.predict({ count: 3, records }, {});
  expect(new Set(seen)).toEqual(new Set([`Basic ${Buffer.from("us:er:päss").toString("base64")}`]));
  const bare = await load(`http://127.0.0.1:${port}/score`);
  expect(model.digest).toBe(bare.digest);
  await model.close();
  await bare.close();
});

test.each([401, 422, 200])("what a server says back of the secrets that it was sent is hidden (%i)", async (status) => {
  const url = await serve((path, _body, response) => {
    response.writeHead(status).end(`<p>${path} ${seenHeader} ${"x".repeat(20)}${seenHeader}`);
  });
  let seenHeader = "";
  servers.at(-1)!.prependListener("request", ({ headers }: IncomingMessage) => {
    seenHeader = headers.authorization ?? "";
  });
  const error: unknown = await createRemoteRuntime()
    .load({
      kind: "url",
      url: `${url}/score?key=s3cret%2Fkey`,
      trusted: true,
      protocol: "json",
      request: "[]",
      headers: { Authorization: "Bearer s3cret-token-value" },
      features: ["a", "b"],
    })
    .then((model) => model.predict({ count: 1, records: records.slice(0, 1) }, {}))
    .catch((thrown: unknown) => thrown);
  expect((error as Error).message).toMatch(/score\?key=\[key\] Bearer \[Authorization\]/);
  expect(inspect(error, { depth: 9, showHidden: true })).not.toContain("s3cret");
});

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loggedEvents, modelConfig, openTestGateway, type TestGateway } from "../open-test-gateway.ts";
import { type Answered, petsRequest, protocolModels, remoteServer, send } from "./protocol-gateway.ts";

/** Open Inference Protocol V2, inference_rest.md: "An inference request is made with an HTTP POST". Quotes are its own. */
let gateway: TestGateway;
beforeAll(async () => {
  gateway = await openTestGateway({ models: protocolModels() });
});
afterAll(() => gateway.close());

const infer = (body: object | string, path = "/v2/models/pets/infer"): Promise<Answered> =>
  send(gateway.address, "POST", path, body);

interface Output {
  readonly name: string;
  readonly shape: readonly number[];
  readonly datatype: string;
  readonly data: readonly unknown[];
}

const outputsOf = ({ body }: Answered): readonly Output[] => body["outputs"] as readonly Output[];

/** Status and words of an infer request, to be compared at once. */
async function refusalOf(body: object | string): Promise<readonly [number, unknown]> {
  const { status, body: answer } = await infer(body);
  return [status, answer["error"]];
}

const refusal = (words: RegExp, status = 400): readonly [number, unknown] => [status, expect.stringMatching(words)];

describe("the answer", () => {
  test("has `model_name`, `model_version`, `id` and `outputs`, each with `name`, `shape`, `datatype` and `data`", async () => {
    const answer = await infer(petsRequest());
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toBe("application/json");
    expect(answer.body).toMatchObject({ model_name: "pets", model_version: "1", id: expect.any(String) as string });
    expect(outputsOf(answer)).toEqual([
      { name: "label", datatype: "BYTES", shape: [1], data: [expect.any(String)] },
      {
        name: "probabilities",
        datatype: "FP32",
        shape: [1, 3],
        data: [expect.any(Number), expect.any(Number), expect.any(Number)],
      },
    ]);
  });

  test("a version in the path is the one that answers", async () => {
    const answer = await infer(petsRequest(), "/v2/models/pets/versions/2/infer");
    expect(answer.body).toMatchObject({ model_version: "2", parameters: { variant: "pinned" } });
  });

  test("`parameters` say which prediction it was, of which cohort and arm", async () => {
    const { body } = await infer(petsRequest());
    expect(body["parameters"]).toEqual({
      prediction_id: expect.any(String) as string,
      cohort: "all",
      variant: "champion",
    });
  });
});

describe('`id`: "if specified this identifier must be returned in the response"', () => {
  test.each(["42", "", 'é 😀 "quoted"', "x".repeat(5000)])("%j comes back", async (id) => {
    expect((await infer(petsRequest({}, { id }))).body["id"]).toBe(id);
  });

  test("null is none, as serialisers write what is not there", async () => {
    const nulls = { id: null, parameters: null, outputs: null };
    expect((await infer(petsRequest({ parameters: null }, nulls))).status).toBe(200);
  });

  test("anything but a text is refused", () =>
    expect(refusalOf(petsRequest({}, { id: 42 }))).resolves.toEqual(refusal(/`id` is a text/)));
});

describe('`outputs`: "if not specified all outputs produced by the model will be returned"', () => {
  test("those that are named come, in their order", async () => {
    const outputs = [{ name: "probabilities" }, { name: "label", parameters: {} }];
    expect(outputsOf(await infer(petsRequest({}, { outputs }))).map((output) => output.name)).toEqual([
      "probabilities",
      "label",
    ]);
    expect(outputsOf(await infer(petsRequest({}, { outputs: [{ name: "label" }] })))).toHaveLength(1);
    expect(outputsOf(await infer(petsRequest({}, { outputs: [] })))).toHaveLength(2);
  });

  test("one that there is not is refused before anything is predicted or kept", async () => {
    const key = "never kept";
    const refused = await refusalOf(petsRequest({}, { id: key, outputs: [{ name: "none" }] }));
    expect(refused).toEqual(refusal(/no output "none"; label, probabilities/));
    expect(loggedEvents(`${gateway.folder}/predictions`).filter((event) => event["key"] === key)).toEqual([]);
  });

  test.each<[string, unknown, RegExp]>([
    ["no list", { name: "label" }, /`outputs` is a list/],
    ["no name", [{}], /no `name`/],
    ["no object", ["label"], /each of `outputs` is a JSON object/],
    ["shared memory", [{ name: "label", parameters: { shared_memory_region: "r" } }], /shared memory is not served/],
    [
      "classification",
      [{ name: "label", parameters: { classification: 2 } }],
      /classification extension is not served/,
    ],
    ["a flag that is none", [{ name: "label", parameters: { binary_data: "yes" } }], /`binary_data` is true or false/],
  ])("%s is refused, not ignored", (_what, outputs, words) =>
    expect(refusalOf(petsRequest({}, { outputs }))).resolves.toEqual(refusal(words)),
  );
});

describe("`inputs`", () => {
  test.each<[string, object | string, RegExp]>([
    ["no body", "", /body is empty/],
    ["no JSON", "{", /not JSON/],
    ["a list", [], /an infer request is a JSON object/],
    ["no inputs", {}, /`inputs`, at least one/],
    ["empty inputs", { inputs: [] }, /`inputs`, at least one/],
    ["an input that is no object", { inputs: [5] }, /each of `inputs` is a JSON object/],
    ["no name", petsRequest({ name: undefined }), /no `name`/],
    ["no shape", petsRequest({ shape: undefined }), /`shape` is a list/],
    ["no datatype", petsRequest({ datatype: undefined }), /datatype undefined is not known/],
    ["no data", petsRequest({ data: undefined }), /no `data`/],
    ["data that is no list", petsRequest({ data: "abc" }), /no `data`/],
    ["a datatype that there is not", petsRequest({ datatype: "fp32" }), /datatype "fp32" is not known/],
    ["another datatype than the model's", petsRequest({ datatype: "FP64" }), /is FP32 and got FP64/],
    ["a size that is no whole number", petsRequest({ shape: [1.5, 2] }), /not a whole number/],
    ["a size below zero", petsRequest({ shape: [-1, 3] }), /not a whole number/],
    ["a size as text", petsRequest({ shape: ["1", 3] }), /not a whole number/],
    [
      "another width than the model's",
      petsRequest({ shape: [1, 4], data: [1, 2, 3, 4] }),
      /shape \[-1,3\] and got \[1,4\]/,
    ],
    ["no rows", petsRequest({ shape: [0, 3], data: [] }), /no rows/],
    ["too few elements", petsRequest({ data: [1] }), /has 1 elements; its shape says 3/],
    ["too many elements", petsRequest({ data: [1, 2, 3, 4] }), /more elements than its shape says/],
    ["an input that the model does not have", petsRequest({ name: "y" }), /input "x" is missing/],
    [
      "shared memory",
      petsRequest({ data: undefined, parameters: { shared_memory_region: "r" } }),
      /shared memory is not served/,
    ],
  ])("%s is refused with words", (_what, body, words) => expect(refusalOf(body)).resolves.toEqual(refusal(words)));

  test("the same input twice is refused: which one counts would be a guess", () => {
    const [input] = (petsRequest() as { inputs: object[] }).inputs;
    return expect(refusalOf({ inputs: [input, input] })).resolves.toEqual(refusal(/"x" comes twice/));
  });

  test("shapes beyond the limits are refused with 413 before anything is allocated", () =>
    expect(refusalOf(petsRequest({ shape: [1_000_000, 1_000_000] }))).resolves.toEqual(refusal(/more than/, 413)));
});

describe("values that are not there", () => {
  test("a model that answers no number to a missing value is the request's trouble (400), not the server's (503)", async () => {
    expect(await refusalOf(petsRequest({ data: [null, 0, 0] }))).toEqual(refusal(/NaN or an infinite number/));
    const python = '{"inputs":[{"name":"x","shape":[1,3],"datatype":"FP32","data":[NaN,-Infinity,0]}]}';
    expect(await refusalOf(python)).toEqual(refusal(/NaN or an infinite number/));
  });

  test("and others are answered all the same", async () => {
    for (let i = 0; i < 10; i++) await infer(petsRequest({ data: [null, 0, 0] }));
    expect((await infer(petsRequest())).status).toBe(200);
  });
});

test("`parameters` of the request and of its tensors reach a remote model as they came, and those of its outputs come back", async () => {
  const remote = await remoteServer(
    {
      name: "m",
      platform: "test",
      inputs: [{ name: "x", datatype: "INT64", shape: [-1, 1] }],
      outputs: [{ name: "y", datatype: "INT64", shape: [-1, 1] }],
    },
    () =>
      '{"outputs":[{"name":"y","datatype":"INT64","shape":[1,1],"parameters":{"content_type":"np"},"data":[9007199254740993]}]}',
  );
  const config = modelConfig("far", [{ version: "1", source: { kind: "url", url: remote.url, trusted: true } }]);
  const other = await openTestGateway({ models: [config] });
  try {
    const body = `{"parameters":{"mine":3,"unit":"u1"},"inputs":[{"name":"x","shape":[1,1],"datatype":"INT64","parameters":{"content_type":"np"},"data":[9007199254740993]}]}`;
    const answer = await send(other.address, "POST", "/v2/models/far/infer", body);
    expect(answer.bytes.toString()).toContain('"parameters":{"content_type":"np"},"data":[9007199254740993]');
    expect(remote.asked[0]).toMatchObject({ parameters: { mine: 3, unit: "u1" } });
    expect(remote.asked[0]!["text"]).toContain('"parameters":{"content_type":"np"},"data":[9007199254740993]');
  } finally {
    await other.close();
    remote.server.close();
  }
});

test("nothing that was asked here was called a bug", () => {
  expect(gateway.bugs).toEqual([]);
});

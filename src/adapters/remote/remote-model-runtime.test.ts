import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createRemoteModelRuntime } from "./remote-model-runtime.ts";

const asked: IncomingMessage[] = [];
const server = createServer((request, response) => {
  asked.push(request);
  response.end("[]");
});
let port = 0;
beforeAll(async () => {
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  ({ port } = server.address() as AddressInfo);
});
afterAll(() => server.close());

const spec = (password: string) => ({
  path: `http://u:\${PASS}@127.0.0.1:${port}/score?key=\${KEY}&version=2`,
  features: ["x"],
  remote: { protocol: "json" as const, request: "[]", headers: { "x-api-key": "${KEY}" } },
  environment: { PASS: password, KEY: `k-${password}` },
});

it("fills what its address and headers name from the environment; the model is the same after the password changed", async () => {
  const load = ({ environment, ...one }: ReturnType<typeof spec>) => createRemoteModelRuntime(environment).load(one);
  const before = await load(spec("p@ss/word"));
  const basic = `Basic ${Buffer.from("u:p@ss/word").toString("base64")}`;
  expect(asked.at(-1)!.headers).toMatchObject({ authorization: basic, "x-api-key": "k-p@ss/word" });
  const after = await load(spec("another"));
  expect(after.digest).toBe(before.digest);
  await before.close();
  await after.close();
});

it("says which name is missing, and no value", async () => {
  const { path, features } = spec("");
  const error: unknown = await createRemoteModelRuntime({ KEY: "s3cret" })
    .load({ path, features })
    .catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: "MODEL", message: "the address wants PASS, which is not in the environment" });
  expect(JSON.stringify(error)).not.toContain("s3cret");
});

import { deflateRawSync, deflateSync, gunzipSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTestGateway, type TestGateway } from "../open-test-gateway.ts";
import { exchangeBytes, petsRequest, protocolModels, send } from "./protocol-gateway.ts";

/** What HTTP itself asks of the door: bodies in pieces, packed, cut; old and odd clients; too much of anything. */
let gateway: TestGateway;
beforeAll(async () => {
  gateway = await openTestGateway({ models: protocolModels(), limits: { body: 100_000 } });
});
afterAll(() => gateway.close());

const path = "/v2/models/pets/infer";
const json = JSON.stringify(petsRequest());
const request = (more: string, version = "1.1"): string => `POST ${path} HTTP/${version}\r\nhost: a\r\n${more}\r\n`;
const withLength = (more = ""): string => request(`content-length: ${json.length}\r\n${more}`) + json;
const talk = (parts: readonly (string | Buffer)[], end = false): Promise<string> =>
  exchangeBytes(gateway.running.port, parts, end);
const statuses = (text: string): string[] => [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map((match) => match[1]!);

describe("packed bodies and answers", () => {
  test.each([
    ["gzip", gzipSync(json)],
    ["GZip", gzipSync(json)],
    ["x-gzip", gzipSync(json)],
    ["deflate", deflateSync(json)],
    ["deflate", deflateRawSync(json)],
    ["identity", Buffer.from(json)],
  ])("a body in %s is unpacked", async (coding, body) => {
    expect((await send(gateway.address, "POST", path, body, { "content-encoding": coding })).status).toBe(200);
  });

  test.each<[string, Buffer, string, number]>([
    ["an unknown coding", Buffer.from(json), "br", 415],
    ["a cut stream", gzipSync(json).subarray(0, -9), "gzip", 400],
    ["no stream at all", Buffer.from(json), "gzip", 400],
    ["one that unpacks beyond the limit", gzipSync(Buffer.alloc(10_000_000)), "gzip", 413],
  ])("%s is refused", async (_what, body, coding, status) => {
    const answer = await send(gateway.address, "POST", path, body, { "content-encoding": coding });
    expect(answer).toMatchObject({ status, body: { error: expect.any(String) as string } });
  });

  test("a large answer is packed as the client accepts it, and only then", async () => {
    const body = petsRequest({ shape: [300, 3], data: Array.from({ length: 900 }, () => 0.5) });
    const coding = async (accepted: string): Promise<string | undefined> => {
      const head = `accept-encoding: ${accepted}\r\ncontent-length: ${JSON.stringify(body).length}\r\nconnection: close\r\n`;
      const text = await talk([request(head) + JSON.stringify(body)]);
      const packed = Buffer.from(text.slice(text.indexOf("\r\n\r\n") + 4), "latin1");
      if (/content-encoding: gzip/.test(text)) expect(gunzipSync(packed).toString()).toContain('"model_name":"pets"');
      return /content-encoding: (\w+)/.exec(text)?.[1];
    };
    expect(await coding("gzip, deflate")).toBe("gzip");
    expect(await coding("deflate")).toBe("deflate");
    expect(await coding("gzip;q=0")).toBeUndefined();
    expect(await coding("br")).toBeUndefined();
  });
});

describe("connections", () => {
  test("one connection answers many requests, also when they are sent at once, in their order", async () => {
    const one = (id: string): string => {
      const body = JSON.stringify(petsRequest({}, { id }));
      return `${request(`content-length: ${body.length}\r\n`)}${body}`;
    };
    const text = await talk([one("first") + one("second") + one("third")]);
    expect(statuses(text)).toEqual(["200", "200", "200"]);
    expect([...text.matchAll(/"id":"(\w+)"/g)].map((match) => match[1])).toEqual(["first", "second", "third"]);
  });

  test("a body in chunks, one byte at a time if need be", async () => {
    const chunks = json.match(/.{1,7}/g)!.map((part) => `${part.length.toString(16)}\r\n${part}\r\n`);
    expect(statuses(await talk([request("transfer-encoding: chunked\r\n"), ...chunks, "0\r\n\r\n"]))).toEqual(["200"]);
    expect(
      statuses(
        await talk(
          [...withLength("connection: close\r\n")].slice(0, 60).concat(withLength("connection: close\r\n").slice(60)),
        ),
      ),
    ).toEqual(["200"]);
  });

  test("a client that closes its half after asking still gets its answer", async () => {
    expect(statuses(await talk([withLength()], true))).toEqual(["200"]);
  });

  test("HTTP/1.0 is answered and closed, or kept where it asks for that", async () => {
    const old = (more: string): string => request(`content-length: ${json.length}\r\n${more}`, "1.0") + json;
    expect(await talk([old("")])).toMatch(/^HTTP\/1\.1 200 OK[^]*Connection: close/i);
    expect(await talk([old("connection: keep-alive\r\n")])).toMatch(/^HTTP\/1\.1 200 OK[^]*Connection: keep-alive/i);
  });

  test("Expect: 100-continue is told to go on", async () => {
    const text = await talk([request(`content-length: ${json.length}\r\nexpect: 100-continue\r\n`), json]);
    expect(statuses(text)).toEqual(["100", "200"]);
  });

  test.each(["", "text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin1", "nonsense"])(
    "the content type %j does not matter: what the body is follows from its headers of the protocol",
    async (type) => {
      expect((await send(gateway.address, "POST", path, json, { "content-type": type })).status).toBe(200);
    },
  );
});

describe("too much, too little, badly said", () => {
  test.each<[string, readonly string[], string]>([
    ["headers beyond the limit", [`GET /v2 HTTP/1.1\r\nhost: a\r\nx: ${"a".repeat(20_000)}\r\n\r\n`], "431"],
    ["a declared body beyond the limit", [request("content-length: 99999999\r\n")], "413"],
    [
      "chunks beyond the limit",
      [request("transfer-encoding: chunked\r\n"), `30000\r\n${"a".repeat(0x30000)}\r\n`],
      "413",
    ],
    ["length and chunks both", [request("content-length: 5\r\ntransfer-encoding: chunked\r\n")], "400"],
    ["two lengths", [request("content-length: 5\r\ncontent-length: 6\r\n")], "400"],
    ["no host", ["GET /v2 HTTP/1.1\r\n\r\n"], "400"],
    ["a chunk that is none", [request("transfer-encoding: chunked\r\n"), "zz\r\n"], "400"],
    ["no HTTP", ["hello\r\n\r\n"], "400"],
    ["HTTP/2 at once", ["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"], "400"],
    ["a badly encoded path", ["GET /v2/models/%ff HTTP/1.1\r\nhost: a\r\n\r\n"], "400"],
  ])("%s is answered with its status and the connection is closed or goes on", async (_what, parts, status) => {
    const text = await talk(parts);
    expect(statuses(text)[0], text).toBe(status);
  });

  test("a body that is cut half way is no request, and nothing is predicted", async () => {
    expect(await talk([withLength().slice(0, -5)], true)).not.toContain("200 OK");
    expect(gateway.bugs).toEqual([]);
  });

  test("after all of it the next client is answered", async () => {
    expect((await send(gateway.address, "POST", path, json)).status).toBe(200);
    expect(gateway.bugs).toEqual([]);
  });
});

import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { type ApiInMemory, apiInMemory } from "./api-in-memory.ts";

const opened: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

async function listening(limits: Parameters<typeof apiInMemory>[0] = {}): Promise<ApiInMemory & { port: number }> {
  const api = await apiInMemory(limits);
  opened.push(api.app);
  return { ...api, port: Number(new URL(await api.app.listen({ host: "127.0.0.1", port: 0 })).port) };
}

/** Sends the head of a request with the body to come, and gives what comes back until the end. */
async function begin(port: number, line: string, headers: readonly string[]): Promise<[Socket, Promise<string>]> {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  let text = "";
  socket.on("data", (part: Buffer) => (text += part.toString()));
  socket.on("error", () => undefined);
  const all = once(socket, "close").then(() => text);
  socket.write([`${line} HTTP/1.1`, "host: localhost", ...headers, "", ""].join("\r\n"));
  return [socket, all];
}

const json = "content-type: application/json";
const file = "content-type: application/octet-stream";

describe("a body that does not come as it should", () => {
  it("is not waited for when it comes byte by byte, save a file", async () => {
    const { port, keys, call } = await listening({ limits: { bodyMilliseconds: 300 } });
    const key = `authorization: Bearer ${keys.operator}`;
    const [drip, ended] = await begin(port, "PUT /v1/models/m", [key, json, "content-length: 20"]);
    for (let i = 0; i < 5; i++) {
      drip.write(" ");
      await pause(100);
    }
    const late = await ended;
    expect(late).toMatch(/^HTTP\/1.1 408 /);
    expect(late).toContain("took too long to arrive");
    const close = "connection: close";
    const [slow, answered] = await begin(port, "POST /v1/artifacts", [key, file, "content-length: 6", close]);
    for (let i = 0; i < 6; i++) {
      slow.write("x");
      await pause(100);
    }
    expect(await answered).toMatch(/^HTTP\/1.1 201 /);
    expect((await call("viewer", "GET", "/v1/models/m")).status).toBe(404);
  });

  it("is no bug of ours where the client goes away in the middle of it", async () => {
    const { port, keys, bugs, call } = await listening();
    const key = `authorization: Bearer ${keys.operator}`;
    for (const [line, type] of [
      ["POST /v1/artifacts", file],
      ["PUT /v1/models/m", json],
    ] as const) {
      const [socket, ended] = await begin(port, line, [key, type, "content-length: 100"]);
      socket.write("half");
      await pause(50);
      socket.destroy();
      await ended;
    }
    await pause(50);
    expect((await call("viewer", "GET", "/v1/models")).status).toBe(200);
    expect(bugs).toEqual([]);
  });

  it("is refused before it is sent where it is said to be too large", async () => {
    const { port, keys } = await listening();
    const key = `authorization: Bearer ${keys.operator}`;
    const [, ended] = await begin(port, "POST /v1/artifacts", [key, file, "content-length: 99999999999"]);
    const answer = await ended;
    expect(answer).toMatch(/^HTTP\/1.1 413 /);
    expect(answer).toContain("larger than the limit of 1,000,000 bytes");
  });
});

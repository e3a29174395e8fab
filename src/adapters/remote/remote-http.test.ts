import { createServer } from "node:http";
import type { LookupAddress } from "node:dns";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { jsonOf, RemoteHttp } from "./remote-http.ts";

const names = vi.hoisted(() => ({ answers: [] as { address: string; family: number }[][], asked: 0 }));
/** What the resolver of the machine answers, in order: a name may be pointed elsewhere between two looks at it. */
vi.mock("node:dns", () => ({
  lookup: (_name: string, _options: unknown, done: (error: null, addresses: unknown) => void) => {
    const answer = names.answers[Math.min(names.asked++, names.answers.length - 1)];
    setImmediate(() => done(null, answer));
  },
}));

/** Of this machine too, so that nothing leaves it: this one counts as an address of the world. */
const WORLD = "127.0.0.2";
vi.mock("./private-address.ts", async (load) => {
  const real = await load<typeof import("./private-address.ts")>();
  return { isPrivateAddress: (address: string) => address !== WORLD && real.isPrivateAddress(address) };
});

let hits = 0;
let port = 0;
const server = createServer((request, response) => {
  hits++;
  if (request.url === "/moved") response.writeHead(302, { location: `http://127.0.0.1:${port}/inside` }).end();
  else response.end("{}");
});
beforeAll(async () => {
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  ({ port } = server.address() as AddressInfo);
});
afterAll(() => server.close());
beforeEach(() => {
  hits = 0;
  names.asked = 0;
});

const inside: LookupAddress = { address: "127.0.0.1", family: 4 };
const outside: LookupAddress = { address: WORLD, family: 4 };
const open = (host: string, trusted = false) => new RemoteHttp(new URL(`http://${host}/x`), { headers: {}, trusted });
const call = (http: RemoteHttp, path = "/x") => http.call("GET", path, null, {}, AbortSignal.timeout(300));

it("connects to the address that was checked: a name that points elsewhere at the second look is not followed", async () => {
  let outer = 0;
  const world = createServer((_request, response) => {
    outer++;
    response.setHeader("connection", "close");
    response.end("{}");
  });
  await new Promise<void>((done) => world.listen(port, WORLD, done));
  names.answers = [[outside], [inside]];
  const http = open(`rebound.example:${port}`);
  expect(jsonOf(await call(http))).toEqual({});
  expect([names.asked, outer]).toEqual([1, 1]);
  await expect(call(http)).rejects.toThrow(/private/);
  expect([names.asked, outer, hits]).toEqual([2, 1, 0]);
  http.close();
  world.close();
});

it("refuses a name with one private address among others", async () => {
  names.answers = [[outside, inside]];
  await expect(call(open(`both.example:${port}`))).rejects.toThrow(/private/);
  names.answers = [[{ address: "::ffff:7f00:1", family: 6 }]];
  await expect(call(open(`mapped.example:${port}`))).rejects.toThrow(/private/);
  expect(hits).toBe(0);
});

it("calls a name of the operator's own wherever it points, and follows no redirect", async () => {
  const http = open(`127.0.0.1:${port}`, true);
  expect(jsonOf(await call(http))).toEqual({});
  const moved = await call(http, "/moved");
  expect(() => jsonOf(moved)).toThrow(/302/);
  expect(hits).toBe(2);
  http.close();
});

it.each([
  "2130706433",
  "0x7f000001",
  "0x7f.0.0.1",
  "0177.0.0.1",
  "017700000001",
  "127.1",
  "127.0.0.1.",
  "１２７.0.0.1",
  "①②⑦.⓪.⓪.①",
  "127%2e0.0.1",
  "[::1]",
  "[::ffff:127.0.0.1]",
  "[::127.0.0.1]",
  "[64:ff9b::127.0.0.1]",
  "[2002:7f00:1::]",
  "[fe80::1]",
  "0",
])("refuses %s, a private address by another name, before a look-up", (host) => {
  names.answers = [[outside]];
  expect(() => open(`${host}:${port}`)).toThrow(/private/);
  expect([names.asked, hits]).toEqual([0, 0]);
});

import { createHash, createHmac } from "node:crypto";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterEach, describe, expect, it } from "vitest";
import type { StepCall } from "../../app/ports/step-runner.ts";
import { createStepCaller } from "./step-caller.ts";

interface Seen {
  readonly method: string;
  readonly path: string;
  readonly body: string;
  readonly headers: IncomingMessage["headers"];
}

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A system of the team's: says each answer once, the last one for ever. */
async function system(answers: readonly ((seen: Seen) => { status?: number; body: unknown })[]) {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (part: Buffer) => (body += part.toString()));
    request.on("end", () => {
      const one = { method: request.method!, path: request.url!, body, headers: request.headers };
      seen.push(one);
      const answer = answers[Math.min(seen.length, answers.length) - 1]!(one);
      const text = typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body);
      response.writeHead(answer.status ?? 200).end(text);
    });
  });
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/train`, seen };
}

const never = new AbortController().signal;
const digestOf = (text: string): string => createHash("sha256").update(text).digest("hex");

function stepOf(url: string, change: Partial<StepCall> = {}): StepCall {
  const folder = mkdtempSync(join(tmpdir(), "umpire-"));
  const body = { schema: "umpire.step/1", run: "r1", step: "train" };
  return {
    name: "train",
    url,
    secret: null,
    body,
    key: "r1/1",
    outputs: ["work/model.txt"],
    folder,
    log: join(folder, "step.log"),
    timeoutMilliseconds: 20_000,
    ...change,
  };
}

const call = (
  step: StepCall,
  environment: Record<string, string> = {},
  artifact: ((d: string) => string) | null = null,
) => createStepCaller({ environment, artifact, now: () => 1_700_000_000_000 })(step, never);

describe("a step that another system does", () => {
  it("is asked once, signed, with what it needs to know; says so when it is done", async () => {
    const { url, seen } = await system([() => ({ body: { status: "done" } })]);
    const step = stepOf(`${url}?token=\${TOKEN}`, { secret: "${SECRET}" });
    expect(await call(step, { TOKEN: "t", SECRET: "s" })).toMatchObject({ exitCode: 0, stopped: null });
    const [one] = seen;
    expect(one).toMatchObject({ method: "POST", path: "/train?token=t", body: JSON.stringify(step.body) });
    expect(one!.headers["idempotency-key"]).toBe("r1/1");
    const digest = createHmac("sha256", "s").update(`1700000000.${one!.body}`).digest("hex");
    expect(one!.headers["umpire-signature"]).toBe(`t=1700000000,v1=${digest}`);
    expect(readFileSync(step.log, "utf8")).not.toMatch(/token/);
  });

  it("is asked at the address that it names until it is done, and its outputs are fetched and checked", async () => {
    const { url, seen } = await system([
      () => ({ status: 202, body: { status: "running", poll: "/jobs/7" } }),
      () => ({ body: { status: "running" } }),
      () => ({
        body: { status: "done", outputs: { "work/model.txt": { sha256: digestOf("weights"), url: "/files/m" } } },
      }),
      () => ({ body: "weights" }),
    ]);
    const step = stepOf(url);
    expect(await call(step)).toMatchObject({ exitCode: 0 });
    expect(seen.map(({ method, path }) => `${method} ${path}`)).toEqual([
      "POST /train",
      "GET /jobs/7",
      "GET /jobs/7",
      "GET /files/m",
    ]);
    expect(readFileSync(join(step.folder, "work/model.txt"), "utf8")).toBe("weights");
  });

  it("without such an address is asked again with the same key; short silence is borne", async () => {
    const { url, seen } = await system([
      () => ({ status: 202, body: "" }),
      () => ({ status: 503, body: "" }),
      () => ({ body: { status: "done" } }),
    ]);
    expect(await call(stepOf(url))).toMatchObject({ exitCode: 0 });
    expect(seen.map(({ method, headers }) => [method, headers["idempotency-key"]])).toEqual(
      Array.from({ length: 3 }, () => ["POST", "r1/1"]),
    );
  });

  it("may give an output by the digest of a file that the server keeps", async () => {
    const { url } = await system([
      () => ({ body: { status: "done", outputs: { "work/model.txt": { sha256: digestOf("x") } } } }),
    ]);
    const kept = join(mkdtempSync(join(tmpdir(), "umpire-")), "kept");
    writeFileSync(kept, "x");
    const step = stepOf(url);
    expect(await call(step, {}, () => kept)).toMatchObject({ exitCode: 0 });
    expect(readFileSync(join(step.folder, "work/model.txt"), "utf8")).toBe("x");
  });

  it.each([
    ["it fails", { body: { status: "failed", reason: "no data today" } }, /no data today/],
    ["it refuses", { status: 401, body: "who are you" }, /answered 401: who are you/],
    ["it says something else", { body: { state: "ok" } }, /does not fit: status/],
    ["it is no JSON", { body: "<html>" }, /not JSON/],
    [
      "the file is another",
      { body: { status: "done", outputs: { "work/model.txt": { sha256: digestOf("a"), url: "/train" } } } },
      /SHA-256/,
    ],
    [
      "it gives a file that nobody asked for",
      { body: { status: "done", outputs: { "../../etc/passwd": { sha256: digestOf("a"), url: "/train" } } } },
      /none of the step's outputs/,
    ],
    [
      "it points inside",
      {
        body: { status: "done", outputs: { "work/model.txt": { sha256: digestOf("a"), url: "http://127.0.0.2:9/x" } } },
      },
      /private/,
    ],
    ["it names another server to ask", { body: { status: "running", poll: "http://127.0.0.2:9/x" } }, /another server/],
  ])("ends with the reason where %s", async (_name, answer, reason) => {
    const { url } = await system([() => answer]);
    const end = await call(stepOf(url));
    expect(end.exitCode).toBeNull();
    expect(end.stopped).toMatch(reason);
  });

  it.each([
    ["no URL", "h ttp://h/${TOKEN}", /no URL/],
    ["no address at all", "${TOKEN}", /no URL/],
    ["of another kind", "ftp://u:${TOKEN}@h/x?token=${TOKEN}", /ftp: is not called/],
  ])(
    "whose address is %s is refused by name, with the mend, in the log, and without the secret",
    async (_n, url, say) => {
      const step = stepOf(url);
      const error: unknown = await call(step, { TOKEN: "s3cret-value" }).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: "STEP", where: 'step "train"' });
      expect(inspect(error, { depth: 9, showHidden: true })).not.toContain("s3cret-value");
      const log = readFileSync(step.log, "utf8");
      expect(log).toMatch(say);
      expect(log).toMatch(/https:\/\/HOST\/path.*look at \$\{TOKEN\} in the environment/);
      expect(log).not.toContain("s3cret-value");
    },
  );

  it("sends user and password of its address as Basic authorization, for the files of the same server too", async () => {
    const { url, seen } = await system([
      ({ headers }) => ({
        body: {
          status: "done",
          outputs: { "work/model.txt": { sha256: digestOf("weights"), url: `http://${headers.host}/file` } },
        },
      }),
      () => ({ body: "weights" }),
    ]);
    const step = stepOf(url.replace("//", "//airflow:${PASSWORD}@"));
    expect(await call(step, { PASSWORD: "p@s/s" })).toMatchObject({ exitCode: 0 });
    const basic = `Basic ${Buffer.from("airflow:p@s/s").toString("base64")}`;
    expect(seen.map(({ headers }) => headers.authorization)).toEqual([basic, basic]);
  });

  it("never repeats a secret that the other side says back", async () => {
    const { url } = await system([
      ({ path, headers }) => ({ status: 404, body: `${headers.authorization} ${path} ${"x".repeat(150)} ${path}` }),
    ]);
    const step = stepOf(`${url.replace("//", "//u:${TOKEN}@")}?token=\${TOKEN}`);
    const end = await call(step, { TOKEN: "s3cret/value" });
    expect(end.stopped).toMatch(/^it answered 404: Basic \[authorization\] \/train\?token=\$\{TOKEN\} x+ \/tra/);
    expect(`${end.stopped}${readFileSync(step.log, "utf8")}`).not.toMatch(/s3c|dTpz/);
  });

  it.each(["http://[", "ftp://127.0.0.1/x"])(
    "ends with the reason where it names %s for a file or to ask",
    async (bad) => {
      const outputs = { "work/model.txt": { sha256: digestOf("a"), url: bad } };
      const file = await system([() => ({ body: { status: "done", outputs } })]);
      expect((await call(stepOf(file.url))).stopped).toMatch(/gives no address/);
      const ask = await system([() => ({ body: { status: "running", poll: bad } })]);
      expect((await call(stepOf(ask.url))).stopped).toMatch(/names (no address|an address of another server)/);
    },
  );

  it("ends at its time limit, and where a secret is not there", async () => {
    const { url } = await system([() => ({ body: { status: "running" } })]);
    expect((await call(stepOf(url, { timeoutMilliseconds: 300 }))).stopped).toMatch(/0\.3 s, its time limit/);
    await expect(call(stepOf("${NO_SUCH}"))).rejects.toMatchObject({ code: "STEP" });
  });
});

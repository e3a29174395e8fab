import { createHash, createHmac } from "node:crypto";
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { dirname, relative, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import type { StepCall, StepEnd } from "../../app/ports/step-runner.ts";
import { Failure, type FailureDetails } from "../../core/failures.ts";
import { basicAuthorization, parseAddress } from "./remote-address.ts";
import { RemoteHttp } from "./remote-http.ts";
import { StepSecrets } from "./step-secrets.ts";

export interface StepCallerOptions {
  /** Where ${NAME} of addresses and secrets is looked up. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Path of a file that the answer names by its digest; null where no server keeps files. */
  readonly artifact: ((digest: string) => string) | null;
  /** Milliseconds since 1970, for the signature. */
  readonly now: () => number;
}

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, "is a SHA-256 in lower-case hexadecimal");
const answerShape = z.object({
  status: z.enum(["done", "running", "failed"]),
  reason: z.string().max(2000).optional(),
  poll: z.string().max(2000).optional(),
  outputs: z.record(z.string(), z.object({ sha256, url: z.string().max(4000).optional() })).optional(),
});
type Answer = z.infer<typeof answerShape>;

/** One call must answer in this time; longer work says `running`. */
const CALL_MILLISECONDS = 30_000;
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 30_000;
/** A server that does not answer is asked again so often in a row. */
const MOST_MISSES = 5;

/**
 * Lets another system do a step: POST with an idempotency key and a signature, then, while it says `running`, GET of the
 * address that it gave (on the same server) or the same POST again, until it says `done` or `failed`. Outputs come by digest,
 * from an address, or lie in the folder already. The address stands in the policy and is trusted; those that come in an answer
 * may not reach inside, save on the server that gave it.
 */
export function createStepCaller(
  options: StepCallerOptions,
): (step: StepCall, signal: AbortSignal) => Promise<StepEnd> {
  return async (step, signal) => {
    const refuse = ({ message, mend = [] }: FailureDetails): Failure =>
      new Failure("STEP", { where: `step "${step.name}"`, message, mend });
    const secrets = new StepSecrets(options.environment, refuse);
    const ended = (log: readonly string[], problem: string | null): Promise<StepEnd> =>
      writeEnd(
        step,
        log.map((line) => secrets.hide(line)),
        problem === null ? null : secrets.hide(problem),
      );
    const log: string[] = [];
    let url: URL;
    let secret: string | null;
    try {
      url = parseAddress(secrets.fillAddress(step.url), ({ mend = [], ...details }) =>
        refuse({ ...details, mend: [...mend, ...namesIn(step.url)] }),
      );
      secret = step.secret === null ? null : secrets.fill(step.secret);
      secrets.addSent(basicAuthorization(url));
    } catch (error) {
      if (error instanceof Failure) await ended([], [error.message, ...error.mend].join("; "));
      throw error;
    }
    const remote = new RemoteHttp(url, { headers: {}, trusted: true });
    const limit = AbortSignal.timeout(step.timeoutMilliseconds);
    const both = AbortSignal.any([signal, limit]);
    try {
      const last = await untilDone(
        remote,
        url,
        step,
        { ...options, secret, hide: (text) => secrets.hide(text) },
        log,
        both,
      );
      if (last.status === "failed") return await ended(log, last.reason ?? "it says that it failed");
      for (const [path, output] of Object.entries(last.outputs ?? {})) {
        await fetchOutput(path, output, step, url, options, both);
        log.push(`${path} ${output.sha256}`);
      }
      return await ended(log, null);
    } catch (error) {
      if (signal.aborted) return await ended(log, "interrupted");
      if (limit.aborted) {
        return await ended(log, `ended after ${step.timeoutMilliseconds / 1000} s, its time limit`);
      }
      return await ended(log, error instanceof Error ? error.message : String(error));
    } finally {
      remote.close();
    }
  };
}

/** What to look at where an address is made of the environment: its value is never shown. */
function namesIn(url: string): string[] {
  return [...new Set(url.match(/\$\{\w+\}/g))].map(
    (name) => `look at ${name} in the environment: the address is made of it`,
  );
}

async function writeEnd(step: StepCall, log: readonly string[], problem: string | null): Promise<StepEnd> {
  await mkdir(dirname(step.log), { recursive: true });
  await writeFile(step.log, [...log, ...(problem === null ? [] : [problem])].map((line) => `${line}\n`).join(""));
  return problem === null ? { exitCode: 0, stopped: null, tail: "" } : { exitCode: null, stopped: problem, tail: "" };
}

interface SentWith {
  readonly secret: string | null;
  readonly now: () => number;
  /** Takes secrets out of what the other side says, before it is cut. */
  readonly hide: (text: string) => string;
}

async function untilDone(
  remote: RemoteHttp,
  url: URL,
  step: StepCall,
  { secret, now, hide }: SentWith,
  log: string[],
  signal: AbortSignal,
): Promise<Answer> {
  const body = JSON.stringify(step.body);
  let poll: string | null = null;
  let misses = 0;
  for (let turn = 0; ; turn++) {
    signal.throwIfAborted();
    const limited = AbortSignal.any([signal, AbortSignal.timeout(CALL_MILLISECONDS)]);
    try {
      const found =
        poll === null
          ? await remote.call(
              "POST",
              `${url.pathname}${url.search}`,
              body,
              headersOf(step, body, secret, now()),
              limited,
            )
          : await remote.call("GET", poll, null, {}, limited);
      if (found.status >= 500 || found.status === 429) throw new Error(`${url.origin} answered ${found.status}`);
      const answer = answerOf(found.status, found.body.toString("utf8"), url.origin, hide);
      misses = 0;
      log.push(`${poll === null ? "POST" : "GET"} ${found.status} ${answer.status}`);
      if (answer.status !== "running") return answer;
      if (answer.poll !== undefined) poll = sameServer(answer.poll, url);
    } catch (error) {
      if (signal.aborted || error instanceof Failure) throw error;
      log.push(error instanceof Error ? error.message : String(error));
      if (++misses >= MOST_MISSES) throw error;
    }
    await pause(Math.min(LONGEST_PAUSE, FIRST_PAUSE * 1.5 ** turn, step.timeoutMilliseconds / 10), undefined, {
      signal,
    });
  }
}

function headersOf(step: StepCall, body: string, secret: string | null, now: number): Record<string, string> {
  const seconds = Math.floor(now / 1000);
  const signature =
    secret === null
      ? {}
      : {
          "umpire-signature": `t=${seconds},v1=${createHmac("sha256", secret).update(`${seconds}.${body}`).digest("hex")}`,
        };
  return { "content-type": "application/json", "idempotency-key": step.key, ...signature };
}

function answerOf(status: number, text: string, origin: string, hide: SentWith["hide"]): Answer {
  const say = (message: string): Failure => new Failure("STEP", { where: origin, message });
  if (status < 200 || status >= 300) throw say(`it answered ${status}: ${hide(text).slice(0, 200)}`);
  // Accepted, and nothing more to say yet.
  if (text.trim() === "") return { status: status === 202 ? "running" : "done" };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw say(`its answer is not JSON: ${hide(text).slice(0, 100)}`);
  }
  const shape = answerShape.safeParse(value);
  if (shape.success) return shape.data;
  const [issue] = shape.error.issues;
  throw say(
    `its answer does not fit: ${issue?.path.join(".")} ${issue?.message}; it takes { status: done | running | failed }`,
  );
}

/** Progress is asked for where the step was. */
function sameServer(poll: string, url: URL): string {
  const there = URL.parse(poll, url.href);
  if (there?.origin === url.origin) return `${there.pathname}${there.search}`;
  const message =
    there === null ? "it names no address to ask" : `it names an address of another server to ask: ${there.origin}`;
  throw new Failure("STEP", { where: url.origin, message });
}

async function fetchOutput(
  path: string,
  { sha256: digest, url: address }: { readonly sha256: string; readonly url?: string | undefined },
  step: StepCall,
  origin: URL,
  { artifact }: StepCallerOptions,
  signal: AbortSignal,
): Promise<void> {
  const say = (message: string): Failure => new Failure("STEP", { where: origin.origin, message });
  if (!step.outputs.includes(path)) throw say(`it gives ${path}, which is none of the step's outputs`);
  const target = resolve(step.folder, path);
  if (relative(step.folder, target).startsWith("..")) throw say(`${path} lies outside the folder of the policy`);
  await mkdir(dirname(target), { recursive: true });
  if (address === undefined) {
    if (artifact === null) throw say(`it gives ${path} by digest, and there is no server here that keeps files`);
    await copyFile(artifact(digest), target);
    return;
  }
  const from = URL.parse(address, origin.href);
  if (from === null || !/^https?:$/.test(from.protocol))
    throw say(`it gives no address for ${path} that can be called`);
  const same = from.origin === origin.origin;
  // A file is asked for by the same user as the step was.
  if (same && from.username === "") Object.assign(from, { username: origin.username, password: origin.password });
  const remote = new RemoteHttp(from, { headers: {}, trusted: same });
  try {
    const { status, body } = await remote.call(
      "GET",
      `${from.pathname}${from.search}`,
      null,
      { accept: "*/*" },
      signal,
    );
    if (status !== 200) throw say(`${from.origin} answered ${status} for ${path}`);
    const got = createHash("sha256").update(body).digest("hex");
    if (got !== digest) throw say(`${path} has the SHA-256 ${got}, not ${digest}`);
    await writeFile(target, body);
  } finally {
    remote.close();
  }
}

import { createHash, randomUUID } from "node:crypto";
import { createWriteStream, existsSync, mkdirSync } from "node:fs";
import { readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { OrderLink, PollAnswer } from "../../app/ports/order-link.ts";
import { Failure } from "../../core/failures.ts";

export interface OrderLinkOptions {
  /** Of the server. */
  readonly address: string;
  readonly key: string | null;
  /** Name of this gateway. */
  readonly id: string;
  /** Where files of models are kept. */
  readonly folder: string;
}

const WAIT_SECONDS = 25;

/** A gateway's line to the server over HTTP: long polling, so that nothing needs to reach the gateway. */
export function createHttpOrderLink(options: OrderLinkOptions): OrderLink {
  const headers: Record<string, string> = options.key === null ? {} : { authorization: `Bearer ${options.key}` };
  const path = (digest: string): string => join(options.folder, digest);
  return {
    path,
    poll: async (tag, report, signal, waitSeconds) => {
      const body = JSON.stringify({ tag, ...report, waitSeconds: waitSeconds ?? WAIT_SECONDS });
      const answer = await call(options.address, `/v1/gateways/${encodeURIComponent(options.id)}/poll`, {
        method: "POST",
        body,
        headers: { ...headers, "content-type": "application/json" },
        signal: AbortSignal.any([signal, AbortSignal.timeout(1000 * (WAIT_SECONDS + 15))]),
      });
      const { tag: newest, orders, errands = [], settled = [] } = (await answer.json()) as PollAnswer;
      const news = orders !== null || errands.length > 0 || settled.length > 0;
      return news ? { tag: newest, orders, errands, settled } : null;
    },
    file: async (digest, signal) => {
      if (existsSync(path(digest)) && (await digestOf(path(digest))) === digest) return path(digest);
      const answer = await call(options.address, `/v1/artifacts/${digest}`, { headers, signal });
      await keep(answer, path(digest), digest, options.folder);
      return path(digest);
    },
  };
}

async function keep(answer: Response, path: string, digest: string, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const beside = join(folder, `${randomUUID()}.part`);
  try {
    if (answer.body === null)
      throw new Failure("SERVER", { message: `the server sent nothing for the file ${digest}` });
    await pipeline(Readable.fromWeb(answer.body), createWriteStream(beside, { flush: true, mode: 0o600 }));
    if ((await digestOf(beside)) !== digest) {
      throw new Failure("SERVER", { message: `the server sent other content than that of the file ${digest}` });
    }
    await rename(beside, path);
  } finally {
    await rm(beside, { force: true });
  }
}

async function digestOf(path: string): Promise<string> {
  return createHash("sha256")
    .update(await readFile(path))
    .digest("hex");
}

async function call(address: string, path: string, init: RequestInit): Promise<Response> {
  let answer: Response;
  try {
    answer = await fetch(`${address}${path}`, { ...init, redirect: "error" });
  } catch (cause) {
    throw new Failure("SERVER", { message: `nothing answers at ${address}; the gateway goes on as before`, cause });
  }
  if (answer.ok) return answer;
  const says = await answer.text().then(detailOf, () => "");
  const mend =
    answer.status === 401
      ? "; the gateway goes on as before, and hears of no change until it has a key: umpire keys create NAME --role operator, then --key-file FILE"
      : "";
  throw new Failure("SERVER", { message: `the server at ${address} answered ${answer.status}: ${says}${mend}` });
}

/** What a problem says; of anything else the beginning. */
function detailOf(text: string): string {
  try {
    const { detail } = JSON.parse(text) as { readonly detail?: unknown };
    if (typeof detail === "string") return detail;
  } catch {
    // No problem of ours: shown as it is.
  }
  return text.slice(0, 300);
}

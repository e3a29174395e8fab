import { Agent, request } from "node:http";
import { Agent as SecureAgent, request as secureRequest } from "node:https";
import type { LoadOutcome, LoadRequest, LoadTarget } from "../../app/ports/load-target.ts";

export interface HttpTargetOptions {
  /** Where the load goes: a door of a gateway. */
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMilliseconds: number;
  readonly connections: number;
}

/** A server behind HTTP, over connections that are kept. */
export function createHttpLoadTarget(options: HttpTargetOptions): LoadTarget {
  const { url, timeoutMilliseconds } = options;
  const secure = url.protocol === "https:";
  const Pool = secure ? SecureAgent : Agent;
  const agent = new Pool({ keepAlive: true, maxSockets: options.connections, scheduling: "lifo" });
  const ask = secure ? secureRequest : request;
  const common = {
    protocol: url.protocol,
    hostname: url.hostname.replace(/^\[|\]$/g, ""),
    port: url.port,
    agent,
    timeout: timeoutMilliseconds,
  };
  const headers = { ...options.headers, "content-type": "application/json" };
  let problem: string | null = null;
  const send = ({ body, edge }: LoadRequest): Promise<LoadOutcome> =>
    new Promise((resolve) => {
      const outgoing = ask(
        {
          ...common,
          path: url.pathname + url.search,
          method: "POST",
          headers: { ...headers, "content-length": body.length },
        },
        (incoming) => {
          const status = incoming.statusCode ?? 0;
          let text = "";
          if (status >= 400) incoming.on("data", (chunk: Buffer) => (text += chunk.toString("latin1")));
          else incoming.resume();
          incoming.once("error", () => resolve("error"));
          incoming.once("end", () => {
            const outcome = outcomeOf(status, edge, text);
            if (outcome === "error" || outcome === "shed") problem ??= `${status} ${wordsOf(text)}`;
            resolve(outcome);
          });
        },
      );
      // The socket's time-out counts from its last byte; this one from the start.
      const timer = setTimeout(() => {
        resolve("timeout");
        outgoing.destroy();
      }, timeoutMilliseconds);
      outgoing.once("close", () => clearTimeout(timer));
      outgoing.once("error", (error) => {
        problem ??= error.message;
        resolve("error");
      });
      outgoing.end(body);
    });
  const metrics = new URL("/metrics", url);
  const memory = async (): Promise<number | null> => {
    try {
      const answer = await fetch(metrics, { headers: options.headers, signal: AbortSignal.timeout(2000) });
      const found = /^process_resident_memory_bytes (\S+)$/m.exec(await answer.text())?.[1];
      return found === undefined ? null : Number(found);
    } catch {
      return null;
    }
  };
  return {
    send,
    memory,
    problem: () => problem,
    close: () => {
      agent.destroy();
      return Promise.resolve();
    },
  };
}

function outcomeOf(status: number, edge: boolean, text: string): LoadOutcome {
  if (status >= 200 && status < 300) return "ok";
  // A model that has no number for an edge case, and no one to fall back on, is not short of capacity.
  if (edge && status === 503 && text.includes("no finite number")) return "refused";
  // Too busy is one thing; a version that fails, and nobody who stands in, another.
  if (status === 503 && /no version could answer: (?!overload)|could not be kept/.test(text)) return "error";
  if (status === 503 || status === 429) return "shed";
  if (edge && (status === 400 || status === 422)) return "refused";
  return "error";
}

/** What an answer says of its error, in whichever form a door puts it. */
function wordsOf(text: string): string {
  try {
    const { detail, error, message } = JSON.parse(text) as Readonly<Record<string, unknown>>;
    const words = [detail, error, message].find((value) => typeof value === "string");
    if (words !== undefined) return String(words).slice(0, 200);
  } catch {
    // Not ours: shown as it came.
  }
  return text.slice(0, 200);
}

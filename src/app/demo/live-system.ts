import { Failure } from "../../core/failures.ts";

/** A server and a gateway that follows it, each a process of its own on a port of its own. */
export interface LiveSystem {
  /** Addresses. */
  readonly server: string;
  readonly gateway: string;
  /** Runs a command of Umpire against this server, as a user would, and reads its document. */
  umpire(args: readonly string[]): Promise<CommandAnswer>;
  /** Ends the gateway, after which its log is complete. */
  endGateway(): Promise<void>;
  end(): Promise<void>;
}

export interface CommandAnswer {
  readonly code: number | null;
  readonly document: unknown;
  readonly stderr: string;
}

/** Asks an address for a document. @throws Failure SERVER with what it said instead */
export async function ask<T>(address: string, method: "GET" | "POST", path: string, body?: unknown): Promise<T> {
  const answer = await fetch(`${address}${path}`, {
    method,
    ...(body === undefined ? {} : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (answer.ok) return JSON.parse(text) as T;
  throw new Failure("SERVER", {
    where: `${method} ${path}`,
    message: `answered ${answer.status}: ${text.slice(0, 300)}`,
  });
}

const PATIENCE = 60_000;
const PAUSE = 200;

/** Looks until something is so. @returns what was seen then; null where it did not come in a minute */
export async function until<T>(
  look: () => Promise<T>,
  so: (seen: T) => boolean,
  signal: AbortSignal,
): Promise<T | null> {
  const end = performance.now() + PATIENCE;
  for (;;) {
    signal.throwIfAborted();
    const seen = await look();
    if (so(seen)) return seen;
    if (performance.now() > end) return null;
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
}

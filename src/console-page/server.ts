/** Calls to the server that the page came from, and its stream of changes. */
import { type Role, roleCovers } from "../core/access/roles.ts";
import type { Me } from "./types.ts";

const KEY = "umpire-key";

/** What the server refused, with what to do, as it said it; `status` 0: it did not answer. */
export class Refused extends Error {
  readonly status: number;
  constructor(message: string, status: number) {
    super(message);
    this.status = status;
  }
}

export function useKey(key: string): void {
  if (key === "") sessionStorage.removeItem(KEY);
  else sessionStorage.setItem(KEY, key);
}

export const hasKey = (): boolean => sessionStorage.getItem(KEY) !== null;

function headers(): Record<string, string> {
  const key = sessionStorage.getItem(KEY);
  return key === null ? {} : { authorization: `Bearer ${key}` };
}

interface Problem {
  readonly detail?: string;
  readonly mend?: readonly string[];
}

/** @throws Refused */
export async function call<Answer>(path: string, method = "GET", body: unknown = null): Promise<Answer> {
  const sent =
    body === null
      ? { headers: headers() }
      : { headers: { ...headers(), "content-type": "application/json" }, body: JSON.stringify(body) };
  const answer = await fetch(path, { method, ...sent }).catch(() => {
    throw new Refused(
      "The server does not answer. Gateways go on as before. To get it back, start it again on the same state folder: umpire up",
      0,
    );
  });
  const document = (await answer.json().catch(() => ({}))) as unknown;
  if (answer.ok) return document as Answer;
  const { detail, mend = [] } = document as Problem;
  throw new Refused([detail ?? `the server answered ${answer.status}`, ...mend].join("; "), answer.status);
}

/** The answer, or null where there is no such thing; any other refusal is thrown. */
export async function maybe<Answer>(path: string): Promise<Answer | null> {
  try {
    return await call<Answer>(path);
  } catch (error) {
    if (error instanceof Refused && (error.status === 404 || error.status === 409)) return null;
    throw error;
  }
}

export const modelPath = (model: string): string => `/v1/models/${encodeURIComponent(model)}`;

let me: Me | null = null;

export async function learnWhoAsks(): Promise<Me> {
  return (me = await call<Me>("/v1/me"));
}

export function forgetWhoAsks(): void {
  me = null;
}

export const whoAsks = (): Me | null => me;

/** Whether a button for this role is shown: nobody is offered what would be refused. */
export const may = (role: Role): boolean => me !== null && roleCovers(me.role, role);

export interface Follower {
  /** Something changed, or the connection is back after changes that may have been missed. */
  changed(): void;
  /** Null: connected. */
  lost(since: Date | null): void;
}

/** Follows the server's changes for ever; after a break from where it was. Returns when the key counts no longer. */
export async function follow(follower: Follower): Promise<void> {
  let last = "";
  let lostAt: Date | null = null;
  for (;;) {
    try {
      const from: Record<string, string> = last === "" ? {} : { "last-event-id": last };
      const answer = await fetch("/v1/events", { headers: { ...headers(), ...from } });
      if (answer.status === 401 || answer.status === 403) return follower.changed();
      if (!answer.ok || answer.body === null) throw new Refused("no stream", answer.status);
      follower.lost(null);
      if (lostAt !== null) follower.changed();
      lostAt = null;
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      let rest = "";
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        const lines = (rest + value).split("\n");
        rest = lines.pop() ?? "";
        const ids = lines.filter((line) => line.startsWith("id:"));
        last = ids.at(-1)?.slice(3).trim() ?? last;
        if (ids.length > 0) follower.changed();
      }
    } catch {
      // Said below, and tried again.
    }
    lostAt ??= new Date();
    follower.lost(lostAt);
    await new Promise((settle) => setTimeout(settle, 2000));
  }
}

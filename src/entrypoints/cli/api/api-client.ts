import { createReadStream, createWriteStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { userInfo } from "node:os";
import { resolve } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream as WebStream } from "node:stream/web";
import { Failure, type FailureCode, failureCodes } from "../../../core/failures.ts";
import { serverAddress } from "./server-address.ts";

/** Options of commands that talk to a server. */
export interface ServerAddressOptions {
  readonly server?: string;
  readonly keyFile?: string;
}

const PATIENCE = 30_000;
/** Reads every file of the state. */
const SLOW = "/v1/audit/verification";
export const USUAL_SERVER = "http://127.0.0.1:8181";

/** Talks to a server as one user. */
export interface ApiClient {
  readonly address: string;
  get<T>(path: string): Promise<T>;
  /** A whole list, however many pages it has. */
  all<T>(path: string, field: string): Promise<T[]>;
  send<T>(method: "POST" | "PUT" | "DELETE", path: string, body?: unknown): Promise<T>;
  upload(path: string): Promise<{ readonly digest: string; readonly bytes: number }>;
  /** Writes a file of the server's to a path. */
  download(digest: string, path: string): Promise<void>;
}

/**
 * The server of `--server` or `UMPIRE_SERVER`, with the key of `UMPIRE_KEY` or of a file; a key is never an argument,
 * which every process of the machine could read.
 * @param patience milliseconds that a look may take; changes and checks of the whole trail may take longer
 * @throws Failure USAGE, FILE_MISSING
 */
export async function openApi(
  options: ServerAddressOptions,
  workingDirectory: string,
  patience = PATIENCE,
): Promise<ApiClient> {
  const fromVariable = options.server === undefined && process.env["UMPIRE_SERVER"] !== undefined;
  const given = options.server ?? process.env["UMPIRE_SERVER"] ?? USUAL_SERVER;
  const address = serverAddress(given, fromVariable ? "UMPIRE_SERVER" : "--server");
  const key = await readKey(options.keyFile, workingDirectory);
  const headers: Record<string, string> = { "x-umpire-user": userName() };
  if (key !== null) headers["authorization"] = `Bearer ${key}`;
  const call = (path: string, init: RequestInit): Promise<unknown> =>
    request(address, path, { ...init, headers: { ...headers, ...init.headers } });
  return {
    address,
    get: <T>(path: string) =>
      call(path, path.startsWith(SLOW) ? {} : { signal: AbortSignal.timeout(patience) }) as Promise<T>,
    all: async <T>(path: string, field: string) => {
      const found: T[] = [];
      let next: unknown = null;
      do {
        const after = next === null ? "" : `&after=${String(next)}`;
        const page = (await call(`${path}${path.includes("?") ? "&" : "?"}limit=1000${after}`, {})) as Readonly<
          Record<string, unknown>
        >;
        found.push(...(page[field] as T[]));
        next = page["next"] ?? null;
      } while (next !== null);
      return found;
    },
    send: <T>(method: string, path: string, body?: unknown) =>
      call(path, {
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
      }) as Promise<T>,
    download: async (digest, path) => {
      const answer = await reach(address, `/v1/artifacts/${digest}`, { headers });
      if (!answer.ok) throw asFailure(address, answer.status, parsed(await answer.text()));
      await pipeline(Readable.fromWeb(answer.body as WebStream), createWriteStream(path));
    },
    upload: (path) => upload(resolve(workingDirectory, path), path, call),
  };
}

async function upload(
  file: string,
  shown: string,
  call: (path: string, init: RequestInit) => Promise<unknown>,
): Promise<{ readonly digest: string; readonly bytes: number }> {
  try {
    await stat(file);
  } catch (cause) {
    throw new Failure("FILE_MISSING", { where: shown, message: "there is no file here that can be read", cause });
  }
  const body = Readable.toWeb(createReadStream(file)) as ReadableStream;
  const init = { method: "POST", body, duplex: "half", headers: { "content-type": "application/octet-stream" } };
  return (await call("/v1/artifacts", init as RequestInit)) as { digest: string; bytes: number };
}

async function request(address: string, path: string, init: RequestInit): Promise<unknown> {
  const answer = await reach(address, path, init);
  const text = await answer.text();
  const value = parsed(text);
  if (answer.ok && value !== undefined) return value;
  throw asFailure(address, answer.status, value);
}

async function reach(address: string, path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(`${address}${path}`, init);
  } catch (cause) {
    if ((cause as Error).name === "TimeoutError") {
      throw new Failure("SERVER", {
        message: `the server at ${address} takes connections and does not answer`,
        mend: ["gateways go on as before; look at the server's process and start it again"],
        cause,
      });
    }
    throw new Failure("SERVER", {
      message: `nothing answers at ${address}`,
      mend: ["start it: umpire up", "or say where it is: --server URL, or UMPIRE_SERVER"],
      cause,
    });
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** What the server says to programs, in the words of the command line. */
const keyLines = [
  "put it into the variable UMPIRE_KEY, or into a file and say --key-file FILE",
  "an admin makes one: umpire keys create NAME --role operator",
];

function asFailure(address: string, status: number, value: unknown): Error {
  const { code, detail, mend, instance } = (value ?? {}) as Readonly<Record<string, unknown>>;
  if (code === "KEY" && typeof detail === "string") return new Failure("KEY", { message: detail, mend: keyMend });
  if (typeof code === "string" && typeof detail === "string" && code in failureCodes) {
    const lines = status === 401 ? keyLines : Array.isArray(mend) ? mend.map(String) : [];
    return new Failure(code as FailureCode, { message: detail, mend: lines });
  }
  if (code === "BUG") {
    return new Failure("SERVER", {
      message: `the server at ${address} met a bug of its own; nothing was changed`,
      mend: [`its standard error says more; please report it (request ${String(instance)})`],
    });
  }
  const says = typeof detail === "string" ? detail : "it does not answer as Umpire does";
  return new Failure("SERVER", {
    message: `${address} answered ${status}: ${says}`,
    mend: ["is this the server's address?"],
  });
}

/** What to do about a key, for whoever sits at a command line. */
const keyMend = [
  "give yours: export UMPIRE_KEY=umpire_…, or --key-file FILE",
  "an admin makes one: umpire keys create NAME --role ROLE",
  "none left? stop the server, then umpire keys create NAME --role admin --state DIR",
];

/** The key of a file, else of the variable; null where there is none. @throws Failure FILE_MISSING */
export async function readKey(path: string | undefined, workingDirectory: string): Promise<string | null> {
  if (path === undefined) return process.env["UMPIRE_KEY"] || null;
  try {
    return (await readFile(resolve(workingDirectory, path), "utf8")).trim();
  } catch (cause) {
    throw new Failure("FILE_MISSING", { where: path, message: "the file of the key cannot be read", cause });
  }
}

/** Who types, as the machine knows them. */
export function userName(): string {
  try {
    return userInfo()
      .username.replaceAll(/[^\w.@-]/g, "_")
      .slice(0, 64);
  } catch {
    return "someone";
  }
}

import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const command = fileURLToPath(new URL("../../bin/umpire.cjs", import.meta.url));

export interface ServerProcess {
  readonly child: ChildProcess;
  readonly address: string;
  /** Asks it as whoever is on the machine. @throws where it does not answer, or not with a success */
  ask<T = unknown>(method: string, path: string, body?: unknown): Promise<T>;
  /** Ends it and waits. */
  stop(signal: NodeJS.Signals): Promise<void>;
}

export interface ServerOptions {
  readonly folder: string;
  readonly state: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** A server as users start it: a process of its own. */
export async function startServer({
  folder,
  state,
  port,
  flags = [],
  ...options
}: ServerOptions): Promise<ServerProcess> {
  const args = [command, "server", "--state", state, "--port", String(port), "--json", ...flags];
  const env = { ...process.env, npm_lifecycle_event: "", ...options.env };
  const child = spawn(process.execPath, args, { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const address = await new Promise<string>((resolve, reject) => {
    let seen = "";
    child.once("exit", (code) => reject(new Error(`the server ended with ${code}\n${errors}`)));
    child.stdout.on("data", (chunk: Buffer) => {
      seen += chunk.toString();
      const found = /"address":\s*"([^"]+)"/.exec(seen);
      if (found !== null) resolve(found[1]!);
    });
  });
  return {
    child,
    address,
    ask: async <T>(method: string, path: string, body?: unknown): Promise<T> => {
      const answer = await fetch(`${address}${path}`, {
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
      });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
      return JSON.parse(text) as T;
    },
    stop: (signal) => {
      child.kill(signal);
      return ended;
    },
  };
}

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const command = fileURLToPath(new URL("../../bin/umpire.cjs", import.meta.url));

export interface GatewayProcess {
  readonly child: ChildProcess;
  readonly url: string;
  readonly port: number;
  readonly folder: string;
  /** Ends it and waits. @returns its exit code; null after a signal that it did not catch */
  stop(signal: NodeJS.Signals): Promise<number | null>;
}

export interface ProcessOptions {
  readonly yaml: string;
  readonly flags?: readonly string[];
  readonly folder?: string;
  /** A line of shell that is run before, in the same process: `ulimit -f 64`. */
  readonly shell?: string;
}

/** A gateway as users start it: a process of its own. */
export async function startProcess({ yaml, flags = [], shell, ...options }: ProcessOptions): Promise<GatewayProcess> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), "umpire-process-"));
  writeFileSync(join(folder, "umpire.yaml"), yaml);
  const args = [command, "gateway", "umpire.yaml", "--port", "0", "--json", ...flags];
  const env = { ...process.env, npm_lifecycle_event: "" };
  const stdio = ["ignore", "pipe", "pipe"] as const;
  const child =
    shell === undefined
      ? spawn(process.execPath, args, { cwd: folder, env, stdio: [...stdio] })
      : spawn("bash", ["-c", `${shell}; exec "$0" "$@"`, process.execPath, ...args], {
          cwd: folder,
          env,
          stdio: [...stdio],
        });
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const url = await new Promise<string>((resolve, reject) => {
    let seen = "";
    let errors = "";
    child.stderr!.on("data", (chunk: Buffer) => (errors += chunk.toString()));
    child.once("exit", (code) => reject(new Error(`the gateway ended with ${code}\n${errors}`)));
    child.stdout!.on("data", (chunk: Buffer) => {
      seen += chunk.toString();
      const found = /"address":\s*"([^"]+)"/.exec(seen);
      if (found !== null) resolve(found[1]!);
    });
  });
  return {
    child,
    url,
    port: Number(new URL(url).port),
    folder,
    stop: (signal) => {
      child.kill(signal);
      return ended;
    },
  };
}

export interface Posted {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

export async function post(url: string, path: string, body: unknown): Promise<Posted> {
  const answer = await fetch(`${url}${path}`, { method: "POST", body: JSON.stringify(body) });
  return { status: answer.status, body: (await answer.json()) as Posted["body"] };
}

/** Ids of the predictions in a log's folder, whatever state its segments are in. @throws where a line is torn */
export function loggedIds(folder: string): string[] {
  return loggedLines(folder).map(({ id }) => id);
}

export interface LoggedLine {
  readonly id: string;
  /** Milliseconds since 1970, by the gateway's clock. */
  readonly at: number;
}

/** Lines of a log's folder. @throws where one is torn */
export function loggedLines(folder: string): LoggedLine[] {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".jsonl"));
  return names.flatMap((name) =>
    readFileSync(join(folder, name), "utf8")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as LoggedLine),
  );
}

/** Sends the same request over and over on a few connections, several at a time, until so many are answered with 200. */
export async function hammer(port: number, path: string, body: string, count: number, connections = 8): Promise<void> {
  const request = Buffer.from(
    `POST ${path} HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
  const pipelined = 16;
  const client = (share: number): Promise<void> =>
    new Promise((resolve, reject) => {
      const socket = connect({ port, host: "127.0.0.1", noDelay: true });
      let sent = 0;
      let answered = 0;
      let tail = "";
      socket.on("connect", () => {
        for (; sent < Math.min(pipelined, share); sent++) socket.write(request);
      });
      socket.on("error", reject);
      socket.on("data", (chunk: Buffer) => {
        const text = tail + chunk.toString("latin1");
        const parts = text.split("HTTP/1.1 ");
        for (const part of parts.slice(1)) {
          if (part.length < 3) continue;
          if (!part.startsWith("200")) {
            reject(new Error(part.slice(0, 400)));
            socket.destroy();
            return;
          }
          answered++;
          if (sent < share) {
            socket.write(request);
            sent++;
          }
        }
        // What may be the beginning of the next status line.
        const cut = text.slice(-11);
        const start = cut.lastIndexOf("H");
        tail = start >= 0 && "HTTP/1.1 200".startsWith(cut.slice(start)) ? cut.slice(start) : "";
        if (answered >= share) {
          socket.end();
          resolve();
        }
      });
    });
  await Promise.all(Array.from({ length: connections }, () => client(Math.ceil(count / connections))));
}

import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import type { CommandContext } from "../context.ts";

/**
 * Waits for the signal to stop. A process that `umpire up` started also stops when that one is gone, however it went:
 * nobody would be there to stop it.
 */
export function untilStopped(context: CommandContext): Promise<void> {
  if (process.channel !== undefined) {
    process.once("disconnect", () => process.kill(process.pid, "SIGTERM"));
    // The channel alone shall not keep a process up that has nothing else to do.
    process.channel?.unref();
  }
  return context.untilInterrupted();
}

export interface FamilyMember {
  /** The document that it prints once it is up. */
  readonly ready: Promise<Readonly<Record<string, unknown>>>;
  stop(): Promise<void>;
}

const FIRST_PAUSE = 200;
const LONGEST_PAUSE = 10_000;

/**
 * Runs a command of Umpire as a process of its own, and again when it dies unasked.
 * @param args of the command; `again` are used from the second start on, when ports are known
 * @param errors where its standard error goes
 */
export function startMember(
  name: string,
  args: readonly string[],
  again: (document: Readonly<Record<string, unknown>>) => readonly string[],
  environment: NodeJS.ProcessEnv,
  remark: (text: string) => void,
  errors: NodeJS.WritableStream = process.stderr,
): FamilyMember {
  let stopping = false;
  let child: ChildProcess | null = null;
  let pause = FIRST_PAUSE;
  let document: Readonly<Record<string, unknown>> | null = null;
  let timer: NodeJS.Timeout | undefined;
  const ready = new Promise<Readonly<Record<string, unknown>>>((resolve, reject) => {
    const start = (): void => {
      const [script = ""] = process.argv.slice(1);
      const given = document === null ? args : again(document);
      const running = spawn(process.execPath, [script, ...given, "--json"], {
        stdio: ["ignore", "pipe", errors === process.stderr ? "inherit" : "pipe", "ipc"],
        env: environment,
      });
      child = running;
      running.stderr?.pipe(errors, { end: false });
      readDocument(running, (found) => {
        // Why it could not start; its end says the rest.
        if (found["schema"] === "umpire.error/1") return;
        document = found;
        pause = FIRST_PAUSE;
        resolve(found);
      });
      running.on("exit", (code, signal) => {
        if (stopping) return;
        if (document === null) {
          reject(new Error(`${name} ended before it was up (${signal ?? code})`));
          return;
        }
        remark(`${name} ended unasked (${signal ?? code}); it starts again`);
        timer = setTimeout(start, pause);
        pause = Math.min(2 * pause, LONGEST_PAUSE);
      });
    };
    start();
  });
  return {
    ready,
    stop: async () => {
      stopping = true;
      clearTimeout(timer);
      await ended(child);
    },
  };
}

/** Reads the one JSON document of standard output; what follows is passed over. */
function readDocument(child: ChildProcess, found: (document: Readonly<Record<string, unknown>>) => void): void {
  if (child.stdout === null) return;
  let text = "";
  createInterface({ input: child.stdout }).on("line", (line) => {
    text += line;
    try {
      found(JSON.parse(text) as Readonly<Record<string, unknown>>);
      text = "";
    } catch {
      // Not all of it is here yet.
    }
  });
}

function ended(child: ChildProcess | null): Promise<void> {
  if (child === null || child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once("exit", () => resolve());
    child.kill("SIGTERM");
  });
}

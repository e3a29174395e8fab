import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { BackgroundWork, Judged } from "../app/ports/background-work.ts";
import type { Look } from "../app/watch/look-entry.ts";
import { Failure, InternalError } from "../core/failures.ts";
import { fromChildError } from "./child-error.ts";
import type { ChildCall, ChildReply, ChildSetting } from "./watch-child.ts";

type Request = ChildCall extends infer Call ? (Call extends ChildCall ? Omit<Call, "id"> : never) : never;

interface Waiting {
  readonly resolve: (found: Look | Judged) => void;
  readonly reject: (error: Error) => void;
}

const PATIENCE = 2000;

/**
 * Looks and judging in a process of their own, so that the server answers meanwhile: a rollback waits for no one's numbers,
 * and what runs out of memory is not the server. It begins with the first piece of work; where it dies, what is under way
 * fails and the next piece begins it anew.
 */
export function createWatchProcess(setting: ChildSetting): BackgroundWork {
  const waiting = new Map<number, Waiting>();
  let child: ChildProcess | null = null;
  let next = 1;
  const open = (): ChildProcess => {
    // Bundled, it lies beside the chunk as JavaScript.
    const file = import.meta.url.endsWith(".ts") ? "./watch-child.ts" : "./watch-child.js";
    const started = fork(fileURLToPath(new URL(file, import.meta.url)), {
      serialization: "advanced",
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    let said = "";
    started.stderr?.on("data", (chunk: Buffer) => (said = (said + chunk.toString("utf8")).slice(-4000)));
    const ended = (error: Error): void => {
      if (child === started) child = null;
      for (const { reject } of waiting.values()) reject(error);
      waiting.clear();
    };
    started.on("message", (reply: ChildReply) => {
      const call = waiting.get(reply.id);
      waiting.delete(reply.id);
      if (waiting.size === 0) holdProcess(started, false);
      if (reply.kind === "done") call?.resolve(reply.found);
      else call?.reject(fromChildError(reply));
    });
    started.on("error", ended);
    // What it said last comes with its end, or a moment after.
    started.on("exit", (code, signal) => void setTimeout(() => ended(endOf(code, signal, said)), 20));
    started.send(setting);
    return started;
  };
  const ask = (request: Request): Promise<Look | Judged> => {
    child ??= open();
    holdProcess(child, true);
    const id = next++;
    const { promise, resolve, reject } = Promise.withResolvers<Look | Judged>();
    waiting.set(id, { resolve, reject });
    child.send({ ...request, id } satisfies ChildCall);
    return promise;
  };
  return {
    look: async (question) => (await ask({ kind: "look", question })) as Look,
    judge: async (policy) => (await ask({ kind: "judge", policy })) as Judged,
    close: async () => {
      const ending = child;
      if (ending === null) return;
      holdProcess(ending, true);
      const closed = new Promise((resolve) => ending.once("exit", resolve));
      // Left alone it ends by itself and takes its temporary files with it, unless it is deep in its work.
      const late = setTimeout(() => ending.kill("SIGKILL"), PATIENCE);
      ending.disconnect();
      await closed;
      clearTimeout(late);
    },
  };
}

/** An idle child keeps no process alive. */
function holdProcess(child: ChildProcess, hold: boolean): void {
  const what = [child, child.channel, child.stderr as unknown as { ref(): void; unref(): void } | null];
  for (const one of what) {
    if (hold) one?.ref();
    else one?.unref();
  }
}

function endOf(code: number | null, signal: string | null, said: string): Error {
  if (/heap out of memory|allocation failed/i.test(said)) {
    const message = "the work needs more memory than one process may have";
    const mend = ["start the server with NODE_OPTIONS=--max-old-space-size=8192, or keep a shorter log"];
    return new Failure("TOO_LARGE", { message, mend });
  }
  const last = said.trim().split("\n").at(-1) ?? "";
  return new InternalError(`the process of the monitors ended (${signal ?? code})${last === "" ? "" : `: ${last}`}`);
}

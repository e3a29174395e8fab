import { spawn } from "node:child_process";
import type { AlertChannel } from "../../app/ports/alert-channel.ts";
import { noticeEvent } from "../../core/alerts/notice-text.ts";
import { Failure } from "../../core/failures.ts";
import { endGroup, inheritedVariables } from "./child-programs.ts";

const timeoutMilliseconds = 30_000;
const LONGEST_COMPLAINT = 500;

/**
 * Runs a command of the operator's for each notice, with the CloudEvents document on its standard input. No shell is
 * involved: nothing in a notice can become a command. What it started ends with it when its time is over.
 * @param command program and arguments, as the policy names them
 * @param limit milliseconds that it may take
 */
export function createCommandChannel(
  command: readonly string[],
  workingDirectory: string,
  limit = timeoutMilliseconds,
): AlertChannel {
  const [program, ...args] = command;
  if (program === undefined) throw new Failure("CHANNEL", { message: "a command channel needs a command" });
  return {
    send: (id, notice, signal) =>
      new Promise((resolve, reject) => {
        const child = spawn(program, args, {
          cwd: workingDirectory,
          env: inheritedVariables(),
          stdio: ["pipe", "ignore", "pipe"],
          detached: true,
        });
        let complaint = "";
        child.stderr.on("data", (chunk: Buffer) => {
          complaint = `${complaint}${chunk.toString()}`.slice(0, LONGEST_COMPLAINT);
        });
        const settle = (why: string | null, cause?: unknown): void => {
          clearTimeout(timer);
          signal.removeEventListener("abort", onAbort);
          if (why === null) return resolve();
          const message = `the command did not take the notice: ${why} ${complaint.trim()}`.trim();
          const mend = ["run it by hand in the folder of the policy, with a document on its standard input"];
          reject(new Failure("CHANNEL", { where: program, message, mend, cause }));
        };
        const stop = (why: string): void => {
          endGroup(child.pid, "SIGKILL");
          settle(why);
        };
        const timer = setTimeout(() => stop(`it did not end within ${limit / 1000} s`), limit);
        const onAbort = (): void => stop("the server is ending");
        signal.addEventListener("abort", onAbort, { once: true });
        child.on("error", (error) => settle(error.message, error));
        // Not "close": a program that it left running may hold its output open for ever.
        child.on("exit", (code, killedBy) => {
          if (code === 0) return settle(null);
          // What it said last may still be on its way.
          setTimeout(() => settle(killedBy === null ? `exit code ${code}` : `it was ended by ${killedBy}`), 50);
        });
        // A command that does not read its input closes the pipe; its exit code says whether that was well.
        child.stdin.on("error", () => {});
        child.stdin.end(`${JSON.stringify(noticeEvent(id, notice))}\n`);
      }),
  };
}

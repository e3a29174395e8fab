import { spawn } from "node:child_process";
import type { AlertChannel } from "../../app/ports/alert-channel.ts";
import { noticeEvent } from "../../core/alerts/notice-text.ts";
import { Failure } from "../../core/failures.ts";

const timeoutMilliseconds = 30_000;

/**
 * Runs a command of the operator's for each notice, with the CloudEvents document on its standard input. No shell is
 * involved: nothing in a notice can become a command.
 * @param command program and arguments, as the policy names them
 */
export function createCommandChannel(command: readonly string[], workingDirectory: string): AlertChannel {
  const [program, ...args] = command;
  if (program === undefined) throw new Failure("CHANNEL", { message: "a command channel needs a command" });
  return {
    send: (id, notice, signal) =>
      new Promise((resolve, reject) => {
        const limited = AbortSignal.any([signal, AbortSignal.timeout(timeoutMilliseconds)]);
        const child = spawn(program, args, {
          cwd: workingDirectory,
          stdio: ["pipe", "ignore", "pipe"],
          signal: limited,
        });
        let complaint = "";
        child.stderr.on("data", (chunk: Buffer) => {
          if (complaint.length < 500) complaint += chunk.toString();
        });
        const fail = (why: string, cause?: unknown): void =>
          reject(
            new Failure("CHANNEL", { where: program, message: `the command did not take the notice: ${why}`, cause }),
          );
        child.on("error", (error) => fail(error.message, error));
        child.on("close", (code) => (code === 0 ? resolve() : fail(`exit code ${code} ${complaint.trim()}`.trim())));
        // A command that does not read its input closes the pipe; its exit code says whether that was well.
        child.stdin.on("error", () => {});
        child.stdin.end(`${JSON.stringify(noticeEvent(id, notice))}\n`);
      }),
  };
}

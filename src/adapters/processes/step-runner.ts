import { execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { glob, mkdir, readFile, stat } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import type { FileFingerprint, RunEnvironment, StepCommand, StepEnd, StepRunner } from "../../app/ports/step-runner.ts";
import { Failure } from "../../core/failures.ts";
import { endGroup, inheritedVariables } from "./child-programs.ts";

const KILL_AFTER_MILLISECONDS = 5_000;
const TAIL_LINES = 3;

/** Runs steps as processes of this machine. */
export function createStepRunner(): Omit<StepRunner, "call"> {
  return { run, fingerprints, environment };
}

async function run(step: StepCommand, signal: AbortSignal): Promise<StepEnd> {
  await mkdir(dirname(step.log), { recursive: true });
  const [program, ...args] = step.command;
  const log = createWriteStream(step.log);
  // A group of its own, so that children of the step end with it.
  const child = spawn(program!, args, {
    cwd: step.folder,
    env: { ...inheritedVariables(), ...step.variables },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  let stopped: string | null = null;
  const stop = (why: string): void => {
    stopped ??= why;
    endGroup(child.pid, "SIGTERM");
    setTimeout(() => endGroup(child.pid, "SIGKILL"), KILL_AFTER_MILLISECONDS).unref();
  };
  const timer = setTimeout(
    () => stop(`ended after ${step.timeoutMilliseconds / 1000} s, its time limit`),
    step.timeoutMilliseconds,
  );
  const onAbort = (): void => stop("interrupted");
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    const exitCode = await new Promise<number | null>((settle, fail) => {
      child.on("error", (cause) => {
        const mend = ["name a program that is on the PATH, or a path relative to the policy"];
        fail(new Failure("STEP", { where: program!, message: "the program cannot be started", mend, cause }));
      });
      child.on("close", (code, killedBy) => {
        if (killedBy !== null) stopped ??= `ended by ${killedBy}`;
        settle(code);
      });
    });
    await new Promise<void>((done) => log.end(done));
    return { exitCode: stopped === null ? exitCode : null, stopped, tail: await tailOf(step.log) };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
    log.destroy();
  }
}

async function tailOf(path: string): Promise<string> {
  const text = await readFile(path, "utf8");
  return text.trimEnd().split("\n").slice(-TAIL_LINES).join(" · ").slice(-500);
}

async function fingerprints(folder: string, patterns: readonly string[]): Promise<FileFingerprint[]> {
  const paths = new Set<string>();
  for (const pattern of patterns) {
    for await (const path of glob(pattern, { cwd: folder })) paths.add(path);
  }
  const found: FileFingerprint[] = [];
  for (const path of [...paths].sort()) {
    const full = resolve(folder, path);
    const { size, ...kind } = await stat(full).then((info) => ({ size: info.size, isFile: info.isFile() }));
    if (!kind.isFile) continue;
    const hash = createHash("sha256");
    await pipeline(createReadStream(full), hash);
    found.push({ path: relative(folder, full), sha256: hash.digest("hex"), bytes: size });
  }
  return found;
}

async function environment(folder: string): Promise<RunEnvironment> {
  const machine = { platform: `${process.platform} ${process.arch}`, node: process.versions.node };
  const git = async (...args: string[]): Promise<string | null> => {
    try {
      return (await promisify(execFile)("git", ["-C", join(folder), ...args])).stdout.trim();
    } catch {
      return null;
    }
  };
  const commit = await git("rev-parse", "HEAD");
  const status = commit === null ? null : await git("status", "--porcelain", "--", ".");
  return { commit, changed: status === null ? null : status !== "", ...machine };
}

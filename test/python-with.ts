import { execFile, execFileSync } from "node:child_process";
import { delimiter } from "node:path";

/**
 * A Python that can import all of these modules: one of `$UMPIRE_TEST_PYTHON` (interpreters, as in PATH), or `python3`.
 * @returns null where there is none; the test then skips and says so
 */
export function pythonWith(...modules: readonly string[]): string | null {
  const named = (process.env["UMPIRE_TEST_PYTHON"] ?? "").split(delimiter).filter((path) => path !== "");
  for (const python of [...named, "python3"]) {
    try {
      execFileSync(python, ["-c", `import ${modules.join(", ")}`], { stdio: "ignore", timeout: 60_000 });
      return python;
    } catch {
      // Another one may have them.
    }
  }
  return null;
}

/** Runs a script and reads the JSON that it prints last. */
export function runPython(python: string, script: string, args: readonly string[]): Promise<unknown> {
  return new Promise((resolve, reject) => {
    execFile(python, [script, ...args], { timeout: 60_000, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (error !== null) reject(new Error(`${script} failed\n${stderr.slice(-3000)}\n${stdout.slice(-1000)}`));
      else resolve(JSON.parse(stdout.trim().split("\n").at(-1) ?? "null"));
    });
  });
}

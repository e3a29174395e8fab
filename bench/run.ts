import { spawn } from "node:child_process";
import { globSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { judgeAims, summarise, type BenchCase, type BenchRun, type RunFigures } from "./case.ts";

const root = resolve(import.meta.dirname, "..");

/** Every case of `bench/cases`, by file name; a file exports `cases`. */
async function readCases(): Promise<readonly BenchCase[]> {
  const files = globSync("bench/cases/*.ts", { cwd: root }).sort();
  const modules = await Promise.all(files.map((file) => import(pathToFileURL(join(root, file)).href)));
  return modules.flatMap((module: { readonly cases: readonly BenchCase[] }) => module.cases);
}

function measure(run: BenchRun): Promise<RunFigures> {
  const [program = "", ...args] = run.command;
  const preload = pathToFileURL(join(root, "bench/print-memory.mjs")).href;
  const executable = program === "node" ? process.execPath : program;
  const isNode = program === "node";
  const started = performance.now();
  const child = spawn(executable, isNode ? ["--import", preload, ...args] : args, { cwd: root });
  const output = { out: "", err: "" };
  child.stdout.on("data", (text) => (output.out += String(text)));
  child.stderr.on("data", (text) => (output.err += String(text)));
  return new Promise((settle, fail) => {
    child.on("error", fail);
    child.on("close", (code) => {
      const wall = performance.now() - started;
      if (code === 2 || code === 70 || code === null) return fail(new Error(`${run.command.join(" ")}\n${output.err}`));
      const kibibytes = /bench-memory-kibibytes (\d+)/.exec(output.err)?.[1];
      settle({
        milliseconds: run.measure === "process" ? wall : printedMilliseconds(run, output.out),
        mebibytes: kibibytes === undefined ? null : Number(kibibytes) / 1024,
      });
    });
  });
}

function printedMilliseconds(run: BenchRun, output: string): number {
  const last = output.trim().split("\n").at(-1) ?? "";
  const { milliseconds } = JSON.parse(last) as { readonly milliseconds?: number };
  if (milliseconds === undefined) throw new Error(`${run.name} did not print {"milliseconds": …} as its last line`);
  return milliseconds;
}

async function runCase(benchCase: BenchCase): Promise<boolean> {
  process.stdout.write(`\n${benchCase.name}\n  ${benchCase.budget}\n`);
  await benchCase.prepare?.();
  const repeats = new Map<string, RunFigures[]>(benchCase.runs.map((run) => [run.name, []]));
  for (let round = 0; round < (benchCase.repeats ?? 5); round++) {
    for (const run of benchCase.runs) repeats.get(run.name)?.push(await measure(run));
  }
  const figures = new Map([...repeats].map(([name, all]) => [name, summarise(all)]));
  for (const [name, { milliseconds, mebibytes }] of figures) {
    const memory = mebibytes === null ? "" : `${Math.round(mebibytes).toString().padStart(8)} MiB`;
    process.stdout.write(
      `  ${name.padEnd(44)}${milliseconds.toFixed(milliseconds < 10 ? 2 : 0).padStart(8)} ms${memory}\n`,
    );
  }
  const results = judgeAims(benchCase.aims, figures);
  for (const { met, says } of results) process.stdout.write(`  ${met ? "✓" : "✗"} ${says}\n`);
  return results.every((result) => result.met);
}

const wanted = process.argv.slice(2);
const cases = (await readCases()).filter(
  ({ name }) => wanted.length === 0 || wanted.some((part) => name.toLowerCase().includes(part.toLowerCase())),
);
let missed = 0;
for (const benchCase of cases) if (!(await runCase(benchCase))) missed++;
process.stdout.write(`\n${cases.length} benchmarks, ${missed} with a missed aim\n`);
process.exitCode = missed > 0 ? 1 : 0;

import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BenchCase } from "../case.ts";
import { driftFiles, makeDriftData } from "../drift/make-data.ts";

const [reference = "", current = ""] = driftFiles;
const folder = join(tmpdir(), "umpire-bench-check-1");
const small = join(folder, "small.csv");
const large = join(folder, "large.csv");
const part = join(folder, "part.csv");

async function makeSmall(): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const rows = Array.from({ length: 1000 }, (_, i) => `${i},${(i * 7919) % 97},${["red", "green", "blue"][i % 3]}`);
  writeFileSync(small, `id,size,colour\n${rows.join("\n")}\n`);
}

/** 3 GB of text, and its first 2 M rows; written once. */
async function makeLarge(): Promise<void> {
  await makeSmall();
  if (existsSync(large) && existsSync(part)) return;
  const program = `const fs=require("fs");const [,path,blocks]=process.argv;const out=fs.openSync(path,"w");fs.writeSync(out,"id,a,b,c,d,e,day\\n");let id=0;
for(let block=0;block<Number(blocks);block++){let text="";for(let i=0;i<20000;i++){id++;text+=id+","+(id*7919%1000)+","+(id%977/7).toFixed(4)+",category "+id%40+","+(id*31%65537)+","+(id%2?"true":"false")+",2026-01-"+String(1+id%28).padStart(2,"0")+"\\n";}fs.writeSync(out,text);}fs.closeSync(out);`;
  execFileSync(process.execPath, ["-e", program, large, "3000"]);
  execFileSync(process.execPath, ["-e", program, part, "100"]);
}

const largeRuns: readonly (readonly [string, ...string[]])[] = [
  ["umpire check", "check", large],
  ["umpire profile", "profile", large],
  ["umpire drift, the large file as current", "drift", part, large],
  ["umpire drift by day, the large file as current", "drift", part, large, "--by", "day"],
  ["umpire drift, the large file on both sides", "drift", large, large],
];

export const cases: readonly BenchCase[] = [
  {
    name: "checks on 1 M rows x 20 columns, Parquet",
    budget:
      "decode 160 ms; pandera 340 ms after 2.9 s of import, great_expectations 5.6 s after 14 s; aim 500 ms, failing rows kept",
    prepare: makeDriftData,
    runs: [
      {
        name: "limit: DuckDB decodes the file",
        command: ["node", "bench/drift/decode.ts", current],
        measure: "printed",
      },
      { name: "umpire check", command: ["node", "bench/check/check.ts", current, reference], measure: "printed" },
    ],
    aims: [
      { run: "umpire check", than: "limit: DuckDB decodes the file", times: 3.1 },
      { run: "umpire check", mebibytes: 700 },
    ],
  },
  {
    name: "start of a check on a small file",
    budget: "node itself 40 ms; aim 500 ms",
    prepare: makeSmall,
    runs: [
      { name: "limit: node with an empty program", command: ["node", "-e", ""], measure: "process" },
      { name: "umpire check, checkout", command: ["node", "bin/umpire.cjs", "check", small], measure: "process" },
    ],
    aims: [{ run: "umpire check, checkout", than: "limit: node with an empty program", times: 12 }],
  },
  {
    name: "a CSV of 3 GB, larger than the memory it may use",
    budget: "under 700 MiB",
    prepare: makeLarge,
    repeats: 1,
    runs: largeRuns.map(([name, ...args]) => ({
      name,
      command: ["node", "bin/umpire.cjs", ...args, "--out", join(folder, "out")],
      measure: "process",
    })),
    aims: largeRuns.map(([run]) => ({ run, mebibytes: 700 })),
  },
];

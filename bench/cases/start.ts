import { execFileSync } from "node:child_process";
import type { BenchCase } from "../case.ts";

export const cases: readonly BenchCase[] = [
  {
    name: "start of the command line",
    budget:
      "node itself 40 ms; umpire --version 150 ms; the installed package starts from a bundle, a checkout strips types",
    prepare: async () => {
      execFileSync("npm", ["run", "--silent", "build"], { stdio: "ignore" });
    },
    repeats: 9,
    runs: [
      { name: "limit: node with an empty program", command: ["node", "-e", ""], measure: "process" },
      { name: "umpire --version", command: ["node", "bin/umpire.cjs", "--version"], measure: "process" },
      { name: "umpire --help, bundle", command: ["node", "bench/start-bundle.mjs", "--help"], measure: "process" },
      { name: "umpire --help, checkout", command: ["node", "bin/umpire.cjs", "--help"], measure: "process" },
    ],
    aims: [
      { run: "umpire --version", than: "limit: node with an empty program", times: 1.5 },
      { run: "umpire --help, bundle", than: "limit: node with an empty program", times: 3 },
    ],
  },
];

import type { BenchCase } from "../case.ts";
import { makeLog } from "../rollout/make-log.ts";

export const cases: readonly BenchCase[] = [
  {
    name: "a look at a rollout of 1 M answers, half with labels",
    budget:
      "a look costs what is new, not what is there (labels are summed anew after 20 times what that takes): aim a fiftieth of reading the log",
    prepare: async () => void makeLog(),
    repeats: 3,
    runs: [
      { name: "the first look, whole log", command: ["node", "bench/rollout/look.ts", "begin"], measure: "printed" },
      { name: "a look with 1,000 new answers", command: ["node", "bench/rollout/look.ts", "next"], measure: "printed" },
    ],
    aims: [
      { run: "a look with 1,000 new answers", than: "the first look, whole log", times: 0.02 },
      { run: "a look with 1,000 new answers", mebibytes: 1500 },
    ],
  },
  {
    name: "from a rollback to the last answer of the version that was left, about 1,000 requests a second",
    budget: "limit 1 s, the slowest of 20; by the command its process is part of it",
    repeats: 1,
    runs: [
      { name: "limit: 1 s", command: ["node", "-p", "JSON.stringify({ milliseconds: 1000 })"], measure: "printed" },
      { name: "API, median", command: ["node", "bench/rollout/roll-back.ts", "call", "0.5"], measure: "printed" },
      { name: "API, p99", command: ["node", "bench/rollout/roll-back.ts", "call", "0.99"], measure: "printed" },
      {
        name: "umpire rollback",
        command: ["node", "bench/rollout/roll-back.ts", "command", "0.99"],
        measure: "printed",
      },
      {
        name: "umpire rollback --gateway",
        command: ["node", "bench/rollout/roll-back.ts", "gateway", "0.99"],
        measure: "printed",
      },
    ],
    aims: ["API, median", "API, p99", "umpire rollback", "umpire rollback --gateway"].map((run) => ({
      run,
      than: "limit: 1 s",
      times: 1,
    })),
  },
];

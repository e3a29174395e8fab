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
];

import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BenchCase, BenchRun } from "../case.ts";
import {
  makeRankedPolicy,
  makeScoredPolicy,
  rankedFile,
  rankedPolicy,
  scoredFile,
  scoredPolicy,
} from "../judge/made-policies.ts";

const rows = 10_000_000;
const out = join(tmpdir(), "umpire-bench", "out");

const judge = (policy: string): BenchRun => ({
  name: "umpire judge",
  command: ["node", "bin/umpire.cjs", "judge", policy, "--out", out, "--quiet"],
  measure: "process",
});

export const cases: readonly BenchCase[] = [
  {
    name: "judge 10 M rows on 1,008 slices",
    budget:
      "DuckDB GROUPING SETS with AUC by 1,024 bins, one model, no intervals: 8 to 16 s; aim 4 s for two models with intervals, below 1 GiB",
    prepare: () => makeScoredPolicy(rows),
    repeats: 3,
    runs: [
      {
        name: "limit: DuckDB decodes the columns",
        command: ["node", "bench/judge/sql.ts", "decode", scoredFile(rows)],
        measure: "printed",
      },
      {
        name: "DuckDB GROUPING SETS, one model",
        command: ["node", "bench/judge/sql.ts", "binary", scoredFile(rows)],
        measure: "printed",
      },
      judge(scoredPolicy(rows)),
    ],
    aims: [
      { run: "umpire judge", than: "DuckDB GROUPING SETS, one model", times: 0.5 },
      { run: "umpire judge", mebibytes: 1024 },
    ],
  },
  {
    name: "judge 1 M rows in 20,000 lists: MAP, NDCG, recall",
    budget: "one SQL, one model, no slices, no intervals: 360 ms; aim: at most that, for two models with intervals",
    prepare: makeRankedPolicy,
    runs: [
      {
        name: "DuckDB, one model",
        command: ["node", "bench/judge/sql.ts", "ranking", rankedFile],
        measure: "process",
      },
      judge(rankedPolicy),
    ],
    aims: [{ run: "umpire judge", than: "DuckDB, one model", times: 1 }],
  },
];

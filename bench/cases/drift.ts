import type { BenchCase } from "../case.ts";
import { driftFiles, makeDriftData } from "../drift/make-data.ts";

const [reference = "", current = ""] = driftFiles;

export const cases: readonly BenchCase[] = [
  {
    name: "profile of 1 M rows x 20 columns",
    budget: "decode 160 ms; polars 1.1 s, pandas 1.7 s, DuckDB SUMMARIZE 1.9 s; aim 800 ms with the mergeable parts",
    prepare: makeDriftData,
    runs: [
      {
        name: "limit: DuckDB decodes the file",
        command: ["node", "bench/drift/decode.ts", reference],
        measure: "printed",
      },
      { name: "umpire profile", command: ["node", "bench/drift/profile.ts", reference], measure: "printed" },
    ],
    aims: [
      { run: "umpire profile", than: "limit: DuckDB decodes the file", times: 5 },
      { run: "umpire profile", mebibytes: 700 },
    ],
  },
  {
    name: "drift of 1 M rows against 1 M rows x 20 columns",
    budget:
      "decode 300 ms; scipy loop 3.4 s, nannyml 21 s, evidently 6.6 s per 100,000 rows; aim 1.5 s, all column tests",
    prepare: makeDriftData,
    runs: [
      {
        name: "limit: DuckDB decodes both files",
        command: ["node", "bench/drift/decode.ts", reference, current],
        measure: "printed",
      },
      { name: "umpire drift", command: ["node", "bench/drift/drift.ts", reference, current], measure: "printed" },
    ],
    aims: [
      { run: "umpire drift", than: "limit: DuckDB decodes both files", times: 5 },
      { run: "umpire drift", mebibytes: 700 },
    ],
  },
];

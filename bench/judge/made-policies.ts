import { mkdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeRankedRows } from "./make-ranked-rows.ts";
import { makeScoredRows } from "../make-scored-rows.ts";

const folder = join(tmpdir(), "umpire-bench");
const dimensions = ["d0", "d1", "d2", "d3", "d4", "d5"];

/** Every dimension and every pair of them: as lists of columns. */
export const groupings: readonly (readonly string[])[] = [
  ...dimensions.map((name) => [name]),
  ...dimensions.flatMap((first, i) => dimensions.slice(i + 1).map((second) => [first, second])),
];

export const scoredFile = (rows: number): string => join(folder, `scored-${rows}.parquet`);
export const scoredPolicy = (rows: number): string => join(folder, `judge-${rows}.yaml`);
export const rankedFile = join(folder, "ranked-1000000.parquet");
export const rankedPolicy = join(folder, "rank-1000000.yaml");

/** The data and the policy that judges it on 1,008 slices: 6 dimensions and their pairs. */
export async function makeScoredPolicy(rows: number): Promise<void> {
  await makeScoredRows(rows);
  const slices = groupings.map((columns) =>
    columns.length === 1
      ? `  ${columns[0]}: { each: ${columns[0]} }`
      : `  ${columns.join("-")}: { cross: [${columns.join(", ")}] }`,
  );
  const lines = [
    "model: bench",
    "task: binary",
    `data: { test: scored-${rows}.parquet }`,
    "columns: { unit: user_id, label: label }",
    "models: { champion: { column: champion }, challenger: { column: challenger } }",
    "metrics: [log_loss, roc_auc]",
    "slices:",
    ...slices,
  ];
  write(scoredPolicy(rows), lines);
}

/** 20,000 lists of 50 and the policy that judges them, with a slice of users and one of items. */
export async function makeRankedPolicy(): Promise<void> {
  await makeRankedRows(rankedFile);
  const lines = [
    "model: ranked",
    "task: ranking",
    "data: { test: ranked-1000000.parquet }",
    "columns: { group: request, item: item, unit: user_id, label: label }",
    "models: { champion: { column: champion }, challenger: { column: challenger } }",
    "metrics: [map, ndcg@10, recall@10]",
    "slices:",
    "  activity: { each: activity }",
    "  popularity: { each: popularity }",
  ];
  write(rankedPolicy, lines);
}

function write(path: string, lines: readonly string[]): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path, `${lines.join("\n")}\n`);
}

import { mkdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { featureNames, treeModel } from "./tree-model.ts";

export const benchFolder = join(tmpdir(), "umpire-bench-gateway-1");
export const modelFile = join(benchFolder, "trees.onnx");

/** What is on; `shadow` is the share of the units. */
export interface Features {
  readonly check?: boolean;
  readonly route?: boolean;
  readonly log?: "durable" | "written" | "early";
  readonly shadow?: number;
  /** Closed parts of the log become Parquet in a process beside the gateway's. */
  readonly rotate?: boolean;
  /** Another server in front of which the gateway stands. */
  readonly remote?: string;
}

/** Writes the model, once: 200 trees of depth 6. */
export function makeModel(): Promise<void> {
  mkdirSync(benchFolder, { recursive: true });
  writeFileSync(modelFile, treeModel(200, 6, 1));
  return Promise.resolve();
}

/** Writes a gateway's files. @returns the path of its `umpire.yaml` */
export function writeGatewayFiles(folder: string, { check, route, log, shadow, remote, rotate }: Features): string {
  mkdirSync(folder, { recursive: true });
  const columns = featureNames.map((name) => `  ${name}: { type: number, range: { from: -100, to: 100 }, nulls: 0 }`);
  writeFileSync(join(folder, "contract.yaml"), `contract: bench\ncolumns:\n${columns.join("\n")}\n`);
  const features = `features: [${featureNames.join(", ")}]`;
  const local = `{ onnx: ${JSON.stringify(modelFile)}, ${features} }`;
  const first = remote === undefined ? local : `{ url: ${JSON.stringify(remote)}, ${features} }`;
  const lines = [
    "gateway:",
    "  port: 0",
    `  log: { mode: ${log ?? "early"}, rotate: ${rotate ?? false} }`,
    "  models:",
    "    m:",
    "      task: regression",
    ...(check === true ? ["      contract: contract.yaml"] : []),
    "      versions:",
    `        first: ${first}`,
    ...(route === true ? [`        second: ${local}`] : []),
    ...(shadow === undefined ? [] : [`        third: ${local}`]),
    "      champion: first",
    ...(route === true
      ? [
          "      cohorts:",
          "        low: { where: { f0: { below: -1 }, f1: { from: 0 } }, version: second }",
          "        half: { where: { f2: { from: 0 } }, arms: { second: 0.3 } }",
        ]
      : []),
    ...(shadow === undefined ? [] : [`      shadow: { third: ${shadow} }`]),
  ];
  const path = join(folder, "umpire.yaml");
  writeFileSync(path, `${lines.join("\n")}\n`);
  return path;
}

import { Failure } from "../../core/failures.ts";
import type { VersionEntry } from "../../core/registry/registry-entries.ts";
import type { Edge, StateReader } from "../ports/control-store.ts";
import { modelOf } from "./models.ts";
import { versionOf } from "./versions.ts";

export interface Lineage {
  readonly start: string;
  readonly nodes: readonly string[];
  readonly edges: readonly Edge[];
  /** True where more was there than is shown. */
  readonly cut: boolean;
}

const MOST_NODES = 2000;

/**
 * Walks the graph from data through training and evaluation to deployment, one or both ways.
 * @param direction `up`: what it was made from; `down`: what was made with it
 * @throws Failure NOT_FOUND where nothing is known of the node
 */
export async function walkLineage(
  state: StateReader,
  asked: string,
  direction: "up" | "down" | "both",
  depth: number,
): Promise<Lineage> {
  const start = await nodeOf(state, asked);
  const found = new Map<string, Edge>();
  const nodes = new Set([start]);
  let cut = false;
  for (const way of direction === "both" ? (["up", "down"] as const) : [direction]) {
    const seen = new Set([start]);
    let level = [start];
    for (let step = 0; step < depth && level.length > 0; step++) {
      const edges = await state.edges(level, way === "up" ? "to" : "from");
      for (const edge of edges) found.set(JSON.stringify(edge), edge);
      level = [...new Set(edges.map((edge) => (way === "up" ? edge.from : edge.to)))].filter((node) => !seen.has(node));
      for (const node of level) seen.add(node);
      if (seen.size > MOST_NODES) {
        cut = true;
        break;
      }
    }
    for (const node of seen) nodes.add(node);
  }
  if (found.size === 0 && !(await isKnown(state, start))) {
    throw new Failure("NOT_FOUND", {
      message: `nothing is known of "${start}"`,
      mend: [
        "a node is version:MODEL/VERSION, dataset:NAME@FINGERPRINT, features:…, commit:…, artifact:…, verdict:…, deployment:MODEL@REVISION",
      ],
    });
  }
  return { start, nodes: [...nodes], edges: [...found.values()], cut };
}

/** A version may be named by an alias. @throws Failure NOT_FOUND with the nearest names */
async function nodeOf(state: StateReader, asked: string): Promise<string> {
  const [, model = "", version] = /^version:([^/]*)(?:\/(.*))?$/.exec(asked) ?? [];
  if (model === "") return asked;
  if (version !== undefined) return `version:${(await versionOf(state, model, version)).id}`;
  await modelOf(state, model);
  const versions = await state.list<VersionEntry>("version", { parent: model, newestFirst: true, limit: 10 });
  throw new Failure("USAGE", {
    message: `"${model}" is a model; lineage starts from one of its versions`,
    mend: [versions.length === 0 ? "it has none yet" : `versions: ${versions.map(({ id }) => id).join(", ")}`],
  });
}

async function isKnown(state: StateReader, node: string): Promise<boolean> {
  const at = node.indexOf(":");
  return at > 0 && (await state.get(node.slice(0, at), node.slice(at + 1))) !== null;
}

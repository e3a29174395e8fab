import { readFileSync } from "node:fs";

/** One layer of `layers.json`: the import rules and the picture in ARCHITECTURE.md are both derived from it. */
export interface Layer {
  readonly name: string;
  /** Folder from the repository's root. */
  readonly path: string;
  /** Names of the layers that this one may import. */
  readonly mayImport: readonly string[];
  /** Packages that it may import; "*" for any. */
  readonly npm: readonly string[] | "*";
  /** Whether it may import what comes with Node. */
  readonly node: boolean;
  /** False where the folders inside it must not import each other. */
  readonly siblings?: boolean;
  /** What lives there, in one sentence. */
  readonly says: string;
}

/** Reads `layers.json` of the repository. */
export function readLayers(root: string): readonly Layer[] {
  const document = JSON.parse(readFileSync(`${root}/layers.json`, "utf8")) as { readonly layers: readonly Layer[] };
  return document.layers;
}

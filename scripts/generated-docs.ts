import { readFileSync } from "node:fs";
import { join } from "node:path";
import { layersPicture, layersTable } from "./layers-picture.ts";
import { readLayers } from "./layers.ts";
import { contractJsonSchema } from "../src/schemas/contract/contract-json-schema.ts";
import { openApiDocument } from "../src/entrypoints/api/openapi-document.ts";
import { policyJsonSchema } from "../src/schemas/policy/policy-json-schema.ts";
import { referencePages } from "./reference-pages.ts";

/** A file of the documentation that is made from the code, whole or between two markers. */
export interface GeneratedDocument {
  readonly path: string;
  readonly render: (root: string) => string | Promise<string>;
}

/** Everything that `npm run docs` writes and `npm run check` compares. To add a page of the reference, see `reference-pages.ts`. */
export const generatedDocuments: readonly GeneratedDocument[] = [
  {
    path: "ARCHITECTURE.md",
    render: (root) => {
      const layers = readLayers(root);
      return betweenMarkers(root, "ARCHITECTURE.md", "layers", `${layersPicture(layers)}\n\n${layersTable(layers)}`);
    },
  },
  // Published: editors complete and check a policy with it.
  { path: "schemas/contract.schema.json", render: () => `${JSON.stringify(contractJsonSchema(), null, 2)}\n` },
  { path: "schemas/umpire.schema.json", render: () => `${JSON.stringify(policyJsonSchema(), null, 2)}\n` },
  {
    path: "docs/reference/openapi.json",
    render: (root) => {
      const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
      return openApiDocument(version);
    },
  },
  ...referencePages.map(([name, render]) => ({ path: `docs/reference/${name}`, render })),
];

/** The present file with the text between `<!-- generated: NAME -->` and `<!-- end: NAME -->` replaced. */
function betweenMarkers(root: string, path: string, name: string, text: string): string {
  const [before, after] = [`<!-- generated: ${name} -->`, `<!-- end: ${name} -->`];
  const file = readFileSync(join(root, path), "utf8");
  const [start, end] = [file.indexOf(before), file.indexOf(after)];
  if (start < 0 || end < start) throw new Error(`${path} has no "${before}" … "${after}"`);
  return `${file.slice(0, start + before.length)}\n${text}\n${file.slice(end)}`;
}

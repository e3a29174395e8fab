import { readFileSync } from "node:fs";
import { join } from "node:path";
import { failureCodes } from "../src/core/failures.ts";
import { layersPicture, layersTable } from "./layers-picture.ts";
import { readLayers } from "./layers.ts";

/** A file of the documentation that is made from the code, whole or between two markers. */
export interface GeneratedDocument {
  readonly path: string;
  render(root: string): string;
}

/** Everything that `npm run docs` writes and `npm run check` compares. To add one, add an entry. */
export const generatedDocuments: readonly GeneratedDocument[] = [
  {
    path: "ARCHITECTURE.md",
    render: (root) => {
      const layers = readLayers(root);
      return betweenMarkers(root, "ARCHITECTURE.md", "layers", `${layersPicture(layers)}\n\n${layersTable(layers)}`);
    },
  },
  { path: "docs/reference/errors.md", render: () => errorReference() },
];

/** The present file with the text between `<!-- generated: NAME -->` and `<!-- end: NAME -->` replaced. */
function betweenMarkers(root: string, path: string, name: string, text: string): string {
  const [before, after] = [`<!-- generated: ${name} -->`, `<!-- end: ${name} -->`];
  const file = readFileSync(join(root, path), "utf8");
  const [start, end] = [file.indexOf(before), file.indexOf(after)];
  if (start < 0 || end < start) throw new Error(`${path} has no "${before}" … "${after}"`);
  return `${file.slice(0, start + before.length)}\n${text}\n${file.slice(end)}`;
}

const exitCodes: readonly (readonly [number, string])[] = [
  [0, "yes: the verdict is `pass`, the checks hold, nothing drifted beyond its limit"],
  [1, "the answer is no: `fail`, a failed check, drift beyond its limit"],
  [
    2,
    "the job could not be done: usage, configuration, a missing or unreadable file; the message says where and what to do",
  ],
  [3, "not enough data to decide; the verdict says how many more units would"],
  [4, "not evaluated: a gate could not be computed"],
  [70, "a bug of ours; a file to attach is written"],
];

function errorReference(): string {
  const codes = Object.entries(failureCodes).map(([code, says]) => `| \`${code}\` | ${says} |`);
  return [
    "<!-- made by `npm run docs` from src/core/failures.ts; do not edit -->",
    "# Errors and exit codes",
    "",
    "A *finding* (a failed gate, a drifted column) is data and part of a document. A *failure* is a job that could not",
    "be done: it is printed as `umpire: WHERE  WHAT` with what to do below, and with `--json` as a document",
    '`{ "schema": "umpire.error/1", "code", "where", "message", "mend" }`. `--verbose` adds the stack trace.',
    "",
    "## Exit codes",
    "| code | meaning |",
    "| ---: | --- |",
    ...exitCodes.map(([code, says]) => `| ${code} | ${says} |`),
    "",
    "## Failure codes",
    "| code | when |",
    "| --- | --- |",
    ...codes,
    "",
  ].join("\n");
}

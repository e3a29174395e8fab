import type { Layer } from "./layers.ts";

/** The picture of ARCHITECTURE.md: one box a layer, one arrow for every import that `layers.json` allows and no other path implies. */
export function layersPicture(layers: readonly Layer[]): string {
  const boxes = layers.map((layer) => `  ${id(layer)}["<b>${layer.name}</b><br/>${layer.says.split(/: |\. /)[0]}"]`);
  const arrows = layers.flatMap((layer) =>
    directImports(layer, layers).map((other) => `  ${id(layer)} --> ${id(other)}`),
  );
  return ["```mermaid", "flowchart TD", ...boxes, ...arrows, "```"].join("\n");
}

/** The table below the picture. */
export function layersTable(layers: readonly Layer[]): string {
  const rows = layers.map((layer) => {
    const packages = layer.npm === "*" ? "any" : layer.npm.join(", ") || "none";
    return `| \`${layer.path}\` | ${layer.says} | ${layer.mayImport.join(", ") || "nothing"} | ${packages} |`;
  });
  return ["| layer | what lives there | may import | packages |", "| --- | --- | --- | --- |", ...rows].join("\n");
}

/** Imports that are not already reached through another import: what is left when the implied arrows are dropped. */
function directImports(layer: Layer, layers: readonly Layer[]): readonly Layer[] {
  const named = (name: string): readonly Layer[] => layers.filter((other) => other.name === name);
  const targets = layer.mayImport.flatMap(named);
  return targets.filter((target) => !targets.some((between) => between.mayImport.includes(target.name)));
}

function id(layer: Layer): string {
  return layer.name.replaceAll("-", "_");
}

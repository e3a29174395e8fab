import type { IForbiddenRuleType } from "dependency-cruiser";
import type { Layer } from "./layers.ts";

const TEST = "\\.test\\.ts$";
/** Packages that tests of any layer may use. */
const TEST_PACKAGES = ["vitest", "fast-check"];

/** The rules of dependency-cruiser that say what `layers.json` says, and a few that hold for every layer. */
export function importRules(layers: readonly Layer[]): IForbiddenRuleType[] {
  return [...layers.flatMap((layer) => rulesOf(layer, layers)), ...rulesForAll()];
}

function rulesOf(layer: Layer, layers: readonly Layer[]): IForbiddenRuleType[] {
  const own = `^${layer.path}/`;
  const allowed = [layer, ...layers.filter((other) => layer.mayImport.includes(other.name))];
  const rules: IForbiddenRuleType[] = [
    {
      name: `${layer.name}-imports-inward-only`,
      comment: `${layer.path} may import ${allowed.map((other) => other.path).join(", ")}`,
      severity: "error",
      from: { path: own },
      to: { path: "^src/", pathNot: allowed.map((other) => `^${other.path}/`) },
    },
    ...packageRules(layer, own),
  ];
  if (!layer.node) {
    rules.push({
      name: `${layer.name}-without-node`,
      comment: `${layer.path} runs where there is no Node`,
      severity: "error",
      from: { path: own, pathNot: TEST },
      to: { dependencyTypes: ["core"] },
    });
  }
  if (layer.siblings === false) {
    rules.push({
      name: `${layer.name}-apart`,
      comment: `the folders of ${layer.path} do not import each other`,
      severity: "error",
      from: { path: `^${layer.path}/([^/]+)/` },
      to: { path: own, pathNot: `^${layer.path}/$1/` },
    });
  }
  return rules;
}

function packageRules(layer: Layer, own: string): IForbiddenRuleType[] {
  if (layer.npm === "*") return [];
  const rule = (name: string, from: IForbiddenRuleType["from"], packages: readonly string[]): IForbiddenRuleType => ({
    name,
    comment: `${layer.path} may import these packages: ${packages.join(", ") || "none"}`,
    severity: "error",
    from,
    to: { path: "node_modules/", pathNot: packages.map((name) => `node_modules/${name}/`) },
  });
  return [
    rule(`${layer.name}-packages`, { path: own, pathNot: TEST }, layer.npm),
    rule(`${layer.name}-test-packages`, { path: `${own}.*${TEST}` }, [...layer.npm, ...TEST_PACKAGES]),
  ];
}

function rulesForAll(): IForbiddenRuleType[] {
  return [
    {
      name: "no-cycles",
      comment: "two files that need each other are one idea, or hide a third",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "product-without-tests",
      comment: "what ships never imports tests or scripts",
      severity: "error",
      from: { path: "^src/", pathNot: TEST },
      to: { path: ["^test/", "^scripts/", "^bench/", TEST] },
    },
    {
      name: "nothing-unresolved",
      comment: "the imported file or package does not exist",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
  ];
}

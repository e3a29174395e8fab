import { nearest } from "../../core/nearest.ts";
import { conditionColumns } from "../../core/slices/condition.ts";
import type { GatewayModelFile } from "../../schemas/gateway/gateway-file.ts";
import type { Report } from "../../schemas/policy/parse-condition.ts";
import type { Path } from "../../schemas/yaml-source.ts";
import type { ModelConfig } from "./gateway-config.ts";

/**
 * What is written down well and would still do nothing, or something else: each part by itself is sound, and a part that it
 * names is missing or of another kind.
 * @param contractColumns null: there is no contract
 * @returns doubts, as sentences: what may be meant as it stands
 */
export function checkModelFile(
  config: ModelConfig,
  file: GatewayModelFile,
  contractColumns: readonly string[] | null,
  path: Path,
  report: Report,
): string[] {
  checkRules(file, contractColumns, path, report);
  checkOptOut(config, path, report);
  return doubtsOf(config, file, contractColumns);
}

function checkRules(
  { problems, replace }: GatewayModelFile,
  contractColumns: readonly string[] | null,
  path: Path,
  report: Report,
): void {
  if (contractColumns === null) {
    for (const key of ["problems", "replace"] as const) {
      if ((key === "problems" ? problems : replace) === undefined) continue;
      report({
        path: [...path, key],
        message: "does nothing: there is no contract that a record could break",
        mend: ["contract: contract.yaml"],
      });
    }
    return;
  }
  for (const name of Object.keys(replace ?? {})) {
    if (contractColumns.includes(name)) continue;
    const near = nearest(name, contractColumns);
    report({
      path: [...path, "replace", name],
      message: `the contract has no column "${name}"`,
      mend: [near.length > 0 ? `nearest: ${near.join(", ")}` : `columns: ${contractColumns.slice(0, 20).join(", ")}`],
    });
  }
  const replacing = Object.entries(problems ?? {}).find(([, action]) => action === "replace");
  if (replacing !== undefined && replace === undefined) {
    report({
      path: [...path, "problems", replacing[0]],
      message: "replaces, and nothing says by what",
      mend: ["replace: { COLUMN: VALUE }; columns that it does not name are treated as usual"],
    });
  }
}

function checkOptOut({ routing, versions }: ModelConfig, path: Path, report: Report): void {
  const kind = versions.find(({ version }) => version === routing.optOut)?.source.kind;
  if (kind === undefined || kind === "rule" || kind === "constant") return;
  const impersonal = versions.filter(({ source }) => source.kind === "rule" || source.kind === "constant");
  report({
    path: [...path, "opt_out"],
    message: `is "${routing.optOut}", a model: it would be asked without any input`,
    mend: [
      impersonal.length > 0
        ? `one that needs none: ${impersonal.map(({ version }) => version).join(", ")}`
        : "a version such as nobody: { constant: 0 }",
    ],
  });
}

/** Columns that nothing else names: mistyped, or known only to who asks. */
function doubtsOf(config: ModelConfig, file: GatewayModelFile, contractColumns: readonly string[] | null): string[] {
  const doubts: string[] = [];
  const listed = Object.values(file.versions).flatMap((version) => version.features?.map(String) ?? []);
  const models = config.versions.filter(({ source }) => source.kind === "onnx" || source.kind === "url");
  const allListed = models.every(({ version }) => file.versions[version]?.features !== undefined);
  const ruled = config.versions.flatMap(({ source }) => (source.kind === "rule" ? ruleColumns(source.rule) : []));
  const routed = config.routing.cohorts.flatMap(({ where }) => (where === null ? [] : conditionColumns(where)));
  const say = (what: string, name: string, known: readonly string[]): void => {
    const near = nearest(name, new Set(known));
    const nearby = near.length === 0 ? "" : `; nearest: ${near.join(", ")}`;
    doubts.push(`${config.name}: ${what}${nearby}`);
  };
  const read = new Set([...listed, ...ruled, ...routed]);
  const made = [...config.prepare.map(({ feature }) => feature), ...Object.keys(config.positions)];
  if (allListed) {
    for (const name of made) if (!read.has(name)) say(`"${name}" is made, and no version reads it`, name, listed);
  }
  const known = new Set([...(contractColumns ?? []), ...listed, ...made, ...Object.values(config.columns)]);
  if (contractColumns !== null) {
    for (const name of new Set(routed)) {
      if (!known.has(name)) {
        say(`a cohort asks for "${name}", which neither contract nor features hold`, name, [
          ...contractColumns,
          ...listed,
        ]);
      }
    }
  }
  return doubts;
}

type Rule = Extract<ModelConfig["versions"][number]["source"], { kind: "rule" }>["rule"];

function ruleColumns(rule: Rule): string[] {
  return typeof rule === "object"
    ? [...conditionColumns(rule.when), ...ruleColumns(rule.yes), ...ruleColumns(rule.no)]
    : [];
}

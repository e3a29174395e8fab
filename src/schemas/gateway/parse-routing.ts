import { armsProblem } from "../../core/serving/route.ts";
import type { Arm, Cohort, ModelRouting } from "../../core/serving/routing-state.ts";
import { parseCondition, type Report } from "../policy/parse-condition.ts";
import type { Path } from "../yaml-source.ts";
import type { GatewayModelFile } from "./gateway-file.ts";

export type RoutingFile = Pick<
  GatewayModelFile,
  "champion" | "cohorts" | "standing" | "shadow" | "fallback" | "opt_out"
>;

/** Who answers whom, as the file or the API says it. Every problem is reported. @param model for the salts */
export function parseRouting(
  model: string,
  file: RoutingFile,
  versions: readonly string[],
  path: Path,
  report: Report,
): ModelRouting {
  const known = (version: string | number, at: Path): string => {
    const text = String(version);
    if (!versions.includes(text)) {
      report({ path: at, message: `there is no version "${text}"`, mend: [`versions: ${versions.join(", ")}`] });
    }
    return text;
  };
  const cohorts = Object.entries(file.cohorts ?? {}).map(([name, cohort]): Cohort => {
    const at = [...path, "cohorts", name];
    if ((cohort.version === undefined) === (cohort.arms === undefined)) {
      report({ path: at, message: "has either `version` or `arms`", mend: ["version: NAME, or arms: { NAME: 0.1 }"] });
    }
    const arms: Arm[] =
      cohort.version === undefined
        ? Object.entries(cohort.arms ?? {}).map(([version, share]) => ({
            version: known(version, [...at, "arms"]),
            share,
          }))
        : [{ version: known(cohort.version, [...at, "version"]), share: 1 }];
    const problem = armsProblem(arms);
    if (problem !== null) report({ path: at, message: problem });
    const where = cohort.where === undefined ? null : parseCondition(cohort.where, [...at, "where"], report);
    return { name, where, salt: cohort.salt ?? `${model}/${name}`, arms };
  });
  return {
    champion: known(file.champion ?? versions[0] ?? "", [...path, "champion"]),
    cohorts,
    standing:
      file.standing === undefined
        ? null
        : {
            version: known(file.standing.version, [...path, "standing", "version"]),
            share: file.standing.share,
            salt: `${model}/standing`,
          },
    shadows: Object.entries(file.shadow ?? {}).map(([version, sample]) => ({
      version: known(version, [...path, "shadow"]),
      sample,
    })),
    fallback: (file.fallback ?? []).map((version) => known(version, [...path, "fallback"])),
    optOut: file.opt_out === undefined ? null : known(file.opt_out, [...path, "opt_out"]),
  };
}

import { Failure } from "../../core/failures.ts";
import {
  type Guardrail,
  type ReleasePolicy,
  type StageRules,
  usualGuardrails,
  usualRelease,
} from "../../core/rollout/release-policy.ts";
import { parseSpan } from "../../core/slices/slice-entry.ts";
import type { Report } from "../policy/parse-condition.ts";
import type { Path } from "../yaml-source.ts";
import { type ReleaseFile, releaseFile } from "./release-file.ts";

type RuleKeys = Pick<ReleaseFile, "shares" | "least_units" | "least" | "most" | "advance" | "approve">;

/**
 * The `release` section with its defaults. What the shape cannot say (shares that fall, a least time above the most) is
 * reported at its place.
 */
export function parseRelease(file: ReleaseFile, path: Path, report: Report): ReleasePolicy {
  const usual = rulesOf(file, usualRelease.usual, path, report);
  const stages =
    file.stages === undefined || file.stages === "proposed"
      ? null
      : file.stages.map((stage, i) => ({
          ...rulesOf(stage, usual, [...path, "stages", i], report),
          cohort: stage.cohort,
        }));
  return {
    form: file.form ?? usualRelease.form,
    shadow: shadowOf(file.shadow, path, report),
    stages,
    usual,
    guardrails: guardrailsOf(file.guardrails),
    alarm: file.alarm ?? usualRelease.alarm,
    mismatch: file.mismatch ?? usualRelease.mismatch,
    secondPerson: file.second_person ?? usualRelease.secondPerson,
    breach: file.breach ?? usualRelease.breach,
    standing: file.standing ?? null,
    reverseShadow: file.reverse_shadow ?? usualRelease.reverseShadow,
    settleMilliseconds: spanOf(file.settle, usualRelease.settleMilliseconds),
  };
}

/** The section as it comes through the API. @throws Failure USAGE with every problem */
export function releaseOf(value: unknown): ReleasePolicy {
  const shape = releaseFile.safeParse(value ?? {});
  if (!shape.success) {
    const [first, ...others] = shape.error.issues.map((issue) => ({
      where: ["release", ...issue.path].join("."),
      message: issue.message,
    }));
    throw new Failure("USAGE", { ...first!, others });
  }
  const problems: { where: string; message: string }[] = [];
  const policy = parseRelease(shape.data, ["release"], ({ path, message }) =>
    problems.push({ where: path.join("."), message }),
  );
  const [first, ...others] = problems;
  if (first !== undefined) throw new Failure("USAGE", { ...first, others });
  return policy;
}

function rulesOf<T extends Omit<StageRules, "cohort">>(file: RuleKeys, usual: T, path: Path, report: Report) {
  const rules = {
    shares: file.shares ?? usual.shares,
    leastUnits: file.least_units ?? usual.leastUnits,
    leastMilliseconds: spanOf(file.least, usual.leastMilliseconds),
    mostMilliseconds: spanOf(file.most, usual.mostMilliseconds),
    advance: file.advance ?? usual.advance,
    approve: file.approve === undefined ? usual.approve : [file.approve].flat(),
  };
  if (rules.shares.some((share, i) => i > 0 && share <= rules.shares[i - 1]!)) {
    report({ path: [...path, "shares"], message: "shares rise from step to step", mend: ["shares: [0.1, 0.5]"] });
  }
  if (file.least !== undefined || file.most !== undefined) checkTimes(rules, path, report);
  return rules;
}

function checkTimes(
  { leastMilliseconds, mostMilliseconds }: { leastMilliseconds: number; mostMilliseconds: number },
  path: Path,
  report: Report,
): void {
  if (leastMilliseconds <= mostMilliseconds) return;
  report({ path: [...path, "most"], message: "the most time is shorter than the least", mend: ["raise `most`"] });
}

function shadowOf(file: ReleaseFile["shadow"], path: Path, report: Report): ReleasePolicy["shadow"] {
  const usual = usualRelease.shadow!;
  if (file === false) return null;
  const shadow = {
    sample: file?.sample ?? usual.sample,
    leastUnits: file?.least_units ?? usual.leastUnits,
    leastMilliseconds: spanOf(file?.least, usual.leastMilliseconds),
    mostMilliseconds: spanOf(file?.most, usual.mostMilliseconds),
  };
  checkTimes(shadow, [...path, "shadow"], report);
  return shadow;
}

function guardrailsOf(file: ReleaseFile["guardrails"]): readonly Guardrail[] {
  const named = usualGuardrails.flatMap((usual): Guardrail[] => {
    const given = file?.[usual.measure as "errors" | "latency" | "fallback" | "answers"];
    if (given === false) return [];
    if (given === undefined) return [usual];
    if (typeof given === "number") return [{ ...usual, margin: given }];
    return [{ ...usual, margin: given.margin ?? usual.margin, most: given.most ?? usual.most }];
  });
  const labels = Object.entries(file?.labels ?? {}).map(
    ([name, { label, margin, better, loss, within }]): Guardrail => ({
      name,
      measure: loss === undefined ? "label" : "quality",
      label: label ?? name,
      loss: loss ?? null,
      within: within === undefined ? null : parseSpan(within),
      // A loss is better where there is less of it.
      direction: loss !== undefined || better === "less" ? -1 : 1,
      margin,
      most: null,
    }),
  );
  return [...named, ...labels];
}

function spanOf(text: string | undefined, usual: number): number {
  return text === undefined ? usual : (parseSpan(text) ?? usual);
}

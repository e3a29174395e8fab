import { nearest } from "../../core/nearest.ts";
import type { AgreementBounds } from "../../core/retraining/agreement.ts";
import type { RetrainingRules } from "../../core/retraining/triggers.ts";
import { parseSpan } from "../../core/slices/slice-entry.ts";
import { checkMetric } from "../monitors/parse-monitors.ts";
import { type ParsedPolicy, policyFailure } from "../policy/parse-policy.ts";
import { readSection } from "../policy/read-section.ts";
import { hasWrittenCredentials, isWrittenSecret } from "../written-secrets.ts";
import type { SourceProblem } from "../yaml-source.ts";
import { type RetrainingFile, retrainingFile } from "./retraining-file.ts";

/** The `retrain` section as the product sees it. */
export interface Retraining {
  readonly steps: readonly RetrainingStep[];
  readonly produces: string;
  readonly schedule: { readonly cron: string; readonly timeZone: string } | null;
  readonly rules: RetrainingRules;
  readonly inherit: AgreementBounds;
  /** Trains once more, on everything, after a pass; null: the judged version is the one to release. */
  readonly final: { readonly steps: readonly RetrainingStep[]; readonly produces: string } | null;
}

export interface RetrainingStep {
  readonly name: string;
  /** Parameters are filled in. */
  readonly command: readonly string[];
  /** Another system does it; null: the command. ${NAME} is filled in when it is called. */
  readonly call: { readonly url: string; readonly secret: string | null } | null;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly parameters: Readonly<Record<string, string>>;
  readonly timeoutMilliseconds: number;
}

const DAY = 86_400_000;

/**
 * Reads the `retrain` section of a parsed policy; null where it has none.
 * @throws Failure POLICY with line and column
 */
export function parseRetraining(parsed: Pick<ParsedPolicy, "source" | "policy">): Retraining | null {
  const { source } = parsed;
  const file = readSection(source, "retrain", retrainingFile);
  if (file === null) return null;
  const metric = file.triggers?.performance?.metric;
  if (metric !== undefined) {
    checkMetric(metric, parsed.policy, source, ["retrain", "triggers", "performance", "metric"]);
  }
  const problems: SourceProblem[] = [];
  const steps = file.steps.map((step, i) => stepOf(step, ["steps", i], problems));
  const last = file.final;
  const final =
    last === undefined
      ? null
      : { steps: last.steps.map((step, i) => stepOf(step, ["final", "steps", i], problems)), produces: last.produces };
  const names = new Set<string>();
  steps.forEach(({ name }, i) => {
    if (names.has(name))
      problems.push({ path: ["retrain", "steps", i, "name"], message: `is the name of two steps: "${name}"` });
    names.add(name);
  });
  if (problems.length > 0) throw policyFailure(problems, source);
  return { steps, produces: file.produces, final, ...settingsOf(file) };
}

function settingsOf(file: RetrainingFile): Pick<Retraining, "schedule" | "rules" | "inherit"> {
  const { triggers, inherit } = file;
  const span = (text: string | undefined): number | null => (text === undefined ? null : parseSpan(text));
  const { performance } = triggers ?? {};
  return {
    schedule:
      triggers?.schedule === undefined ? null : { cron: triggers.schedule, timeZone: triggers.time_zone ?? "UTC" },
    rules: {
      staleAfter: span(triggers?.stale_after),
      drift: triggers?.drift ?? null,
      performance:
        performance === undefined
          ? null
          : {
              metric: performance.metric ?? null,
              worseThan: performance.worse_than ?? null,
              below: performance.below ?? null,
              source: performance.source ?? "measured",
              slices: performance.slices ?? null,
            },
      rows: triggers?.rows ?? null,
      cooldown: span(file.cooldown) ?? DAY,
      mostPerWeek: file.most_per_week ?? 3,
    },
    inherit: {
      meanDifference: inherit?.mean_difference ?? null,
      rank: inherit?.rank ?? null,
      flips: inherit?.flips ?? null,
    },
  };
}

function stepOf(
  step: RetrainingFile["steps"][number],
  place: readonly (string | number)[],
  problems: SourceProblem[],
): RetrainingStep {
  const parameters = Object.fromEntries(
    Object.entries(step.parameters ?? {}).map(([key, value]) => [key, String(value)]),
  );
  const list = (paths: string | string[] | undefined): string[] =>
    paths === undefined ? [] : typeof paths === "string" ? [paths] : paths;
  const command = (step.run ?? []).map((part, at) =>
    part.replace(/\$\{([^}]*)\}/g, (whole, name: string) => {
      const value = parameters[name];
      if (value !== undefined) return value;
      const near = nearest(name, Object.keys(parameters));
      const mend = [near.length > 0 ? `nearest: ${near.join(", ")}` : `parameters: { ${name}: … }`];
      problems.push({ path: ["retrain", ...place, "run", at], message: `there is no parameter "${name}"`, mend });
      return whole;
    }),
  );
  return {
    name: step.name,
    command,
    call: callOf(step, place, problems),
    inputs: list(step.inputs),
    outputs: list(step.outputs),
    parameters,
    timeoutMilliseconds: (step.timeout === undefined ? null : parseSpan(step.timeout)) ?? DAY,
  };
}

function callOf(
  { call, secret }: RetrainingFile["steps"][number],
  place: readonly (string | number)[],
  problems: SourceProblem[],
): RetrainingStep["call"] {
  if (call === undefined) {
    if (secret !== undefined)
      problems.push({ path: ["retrain", ...place, "secret"], message: "signs a call, and there is none" });
    return null;
  }
  const isFilledIn = call.includes("${");
  if (!/^(https?:\/\/[^/]|\$\{)/.test(call) || (!isFilledIn && !URL.canParse(call))) {
    problems.push({
      path: ["retrain", ...place, "call"],
      message: "takes an address that begins with https:// or http://",
    });
  }
  if (hasWrittenCredentials(call)) {
    const message = "holds a password as it stands, and the record of every run shows it";
    problems.push({ path: ["retrain", ...place, "call"], message, mend: ["https://USER:${PASSWORD}@HOST/path"] });
  }
  if (secret !== undefined && isWrittenSecret(secret)) {
    const message = "stands here as it is, and the record of every run shows it";
    problems.push({ path: ["retrain", ...place, "secret"], message, mend: ["secret: ${NAME}, from the environment"] });
  }
  return { url: call, secret: secret ?? null };
}

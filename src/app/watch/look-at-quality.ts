import { Failure } from "../../core/failures.ts";
import { type LabelProcess, NO_LABEL } from "../../core/monitors/measured-quality.ts";
import type { QualityRule, SliceQuality } from "../../core/monitors/watch-quality.ts";
import type { QualitySettings } from "../../schemas/monitors/parse-monitors.ts";
import { type LoggedAnswers, loggedAnswers } from "./logged-answers.ts";
import { QualityAnswers } from "./quality-answers.ts";
import type { QualityAudit, QualityLook, QualityRequest, QualityTools } from "./quality-look.ts";
import { type ReferenceAnswers, referenceAnswers } from "./reference-answers.ts";
import { remembered } from "./remembered.ts";
import type { WatchedModel } from "./watched-model.ts";

const DAY = 86_400_000;
const SHOWN_PERIODS = 60;
/** Periods after which an estimator that misses too many is not believed. */
const AUDIT_PERIODS = 5;
const AUDIT_HELD = 0.8;

/** Nothing is known of the quality, for a reason. */
export function noQuality(metric: string, version: string | null, problem: string): QualityLook {
  return { version, metric, problem, labels: null, measured: [], estimated: [], audit: null, trigger: null };
}

/**
 * Measures the live version's quality period by period and slice by slice with the labels that have come, estimates it where
 * they have not, and holds both against the version's own on the test data. Never throws for what the data are like: that is
 * the `problem`.
 */
export async function lookAtQuality(
  watched: WatchedModel,
  quality: QualitySettings,
  request: QualityRequest,
  tools: QualityTools,
): Promise<QualityLook> {
  const { version } = request.version;
  try {
    const reference = await rememberedReference(watched, request, tools);
    if (typeof reference === "string") return noQuality(quality.metric, version, reference);
    const { facts, threshold } = reference;
    const logged = await loggedAnswers(
      watched.onDisk.parsed,
      { ...request, version, facts, threshold, quality },
      tools.reader,
    );
    if (typeof logged === "string") return noQuality(quality.metric, version, logged);
    return await judgeQuality(new QualityAnswers(watched, quality, request, reference, logged, tools));
  } catch (error) {
    tools.signal.throwIfAborted();
    if (!(error instanceof Failure)) throw error;
    return noQuality(quality.metric, version, error.message);
  }
}

/** Scored once for a version and its test data; one at a time, because it is large. */
async function rememberedReference(
  watched: WatchedModel,
  request: QualityRequest,
  tools: QualityTools,
): Promise<ReferenceAnswers | string> {
  const { policy } = watched.onDisk.parsed;
  const source = await tools.reader.open(policy.data.test.map(watched.onDisk.resolvePath));
  const of = `reference ${watched.model} `;
  const key = `${of}${request.version.version} ${await source.fingerprint()}`;
  // What was estimated by another reference is of no use either.
  const stale = tools.memory.has(key) ? [] : [of, `estimate ${watched.model} `];
  for (const known of tools.memory.keys()) {
    if (stale.some((start) => known.startsWith(start))) tools.memory.delete(known);
  }
  return remembered(tools, key, () =>
    referenceAnswers(watched, request.version, request.slices, request.features, tools),
  );
}

async function judgeQuality(answers: QualityAnswers): Promise<QualityLook> {
  const { watched, quality, request, process } = answers;
  const rule: QualityRule = { ...quality, worseThan: null };
  const measured = answers.measure(rule);
  const estimated = quality.estimate ? await answers.estimate(rule) : null;
  const audit = estimated === null ? null : answers.audit(estimated.periods, quality.metric);
  const trusted = audit === null || audit.periods < AUDIT_PERIODS || audit.held >= AUDIT_HELD * audit.periods;
  const shownEstimates = (estimated?.slices ?? []).map((slice) => (trusted ? slice : distrusted(slice, audit)));
  const performance = watched.retraining?.rules.performance ?? null;
  return {
    version: request.version.version,
    metric: quality.metric,
    problem: null,
    labels: labelFacts(process, answers.logged),
    measured: measured.map((slice) => shortened(named(slice, answers.logged))),
    estimated: shownEstimates.map(shortened),
    audit,
    trigger:
      performance === null
        ? null
        : await answers.trigger(performance, rule, { measured, estimated: shownEstimates, trusted }),
  };
}

function distrusted(slice: SliceQuality, audit: QualityAudit | null): SliceQuality {
  const reason = `refused: its intervals held the measured value in ${audit?.held} of ${audit?.periods} periods`;
  return { ...slice, outcome: "not-evaluated", reason, since: null };
}

/** "No label has come" where labels of another name did would send people looking in the wrong place. */
function named(slice: SliceQuality, { otherLabels }: LoggedAnswers): SliceQuality {
  return slice.reason === NO_LABEL && otherLabels !== null ? { ...slice, reason: otherLabels } : slice;
}

function shortened(slice: SliceQuality): SliceQuality {
  return { ...slice, periods: slice.periods.slice(-SHOWN_PERIODS) };
}

function labelFacts({ arrival }: LabelProcess, { rows }: LoggedAnswers): QualityLook["labels"] {
  const come = rows.known.reduce((sum, known) => sum + known, 0);
  if (come === 0) return null;
  const { delays, shares, horizon, method } = arrival[1];
  const plateau = shares.at(-1) ?? 0;
  const after = (share: number): number | null => {
    const at = shares.findIndex((each) => each >= share * plateau);
    return at < 0 ? null : delays[at]! / DAY;
  };
  return { come, method, halfAfterDays: after(0.5), mostAfterDays: after(0.9), horizonDays: horizon / DAY };
}

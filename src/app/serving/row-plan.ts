import { requestTime } from "../../core/tables/parse-time.ts";
import type { FeatureRecord } from "../../core/serving/feature-record.ts";
import type { RecordProblem } from "../../core/serving/record-rules.ts";
import type { RouteDecision } from "../../core/serving/route.ts";
import type { PredictRequest } from "./predict-request.ts";
import type { ServedModel } from "./served-model.ts";

/** What is decided of a row before any model sees it. */
export interface RowPlan {
  readonly row: number;
  readonly raw: FeatureRecord | null;
  /** What the model gets; the same object as `raw` where nothing changed. */
  readonly prepared: FeatureRecord | null;
  readonly unit: string | null;
  readonly item: string | null;
  readonly group: string | null;
  readonly time: number | null;
  readonly key: string | null;
  readonly decision: RouteDecision;
  /** The version that is asked: the decision's, unless a rule or an opt-out sends the row elsewhere. */
  readonly version: string | null;
  readonly sentTo: string | null;
  readonly marks: readonly RecordProblem[];
  readonly rejected: readonly RecordProblem[];
  readonly optedOut: boolean;
}

const nothing: readonly RecordProblem[] = [];
const empty: FeatureRecord = {};

/**
 * Checks, prepares and routes the rows of a request. A list is routed once, by its first record: what is routable is
 * the same for the whole list.
 */
export function planRows(
  model: ServedModel,
  request: PredictRequest,
  records: readonly FeatureRecord[] | null,
  requestId: string,
  isOptedOut: (unit: string | null) => boolean,
): RowPlan[] {
  const plans: RowPlan[] = [];
  let listDecision: RouteDecision | null = null;
  for (let row = 0; row < request.rows.count; row++) {
    const raw = records?.[row] ?? null;
    const unit = request.unit ?? textOf(raw, model.options.columns.unit);
    const optedOut = isOptedOut(unit);
    const checked = raw === null || optedOut || model.options.rules === null ? null : model.options.rules(raw);
    const problems = checked?.problems ?? nothing;
    const rejected = problems.length === 0 ? nothing : problems.filter((problem) => problem.action === "reject");
    const clean = checked?.record ?? raw;
    const prepared = clean === null ? null : (model.options.preparation?.(clean) ?? clean);
    const answersOptOut = optedOut ? optOutVersion(model) : null;
    // Where someone who opted out would belong is told by what they gave: it is neither asked nor kept.
    const decision: RouteDecision = optedOut
      ? { version: answersOptOut ?? "", cohort: "all", arm: "opt-out", propensity: 1 }
      : (listDecision ?? decide(model, request, prepared, unit ?? `${requestId}:${row}`));
    if (request.list && !optedOut) listDecision = decision;
    const sentTo = optedOut ? "opt-out" : problems.some((problem) => problem.action === "fallback") ? "contract" : null;
    plans.push({
      row,
      raw,
      prepared,
      unit,
      item: itemOf(raw, model, request.list),
      group: textOf(raw, model.options.columns.group),
      time: request.time ?? timeOf(raw, model.options.columns.time),
      key: request.key ?? textOf(raw, model.options.columns.id),
      decision,
      version:
        sentTo === null ? decision.version : sentTo === "opt-out" ? answersOptOut : fallbackVersion(model, decision),
      sentTo,
      marks: problems.length === 0 ? nothing : problems.filter((problem) => problem.action !== "reject"),
      rejected,
      optedOut,
    });
  }
  return plans;
}

function decide(
  model: ServedModel,
  request: PredictRequest,
  record: FeatureRecord | null,
  unit: string,
): RouteDecision {
  if (request.version !== null) return { version: request.version, cohort: "all", arm: "pinned", propensity: 1 };
  const seen = request.context === null ? (record ?? empty) : { ...record, ...request.context };
  return model.route(seen, unit);
}

/** The rule or constant that answers without personal input; null where there is none. */
export function optOutVersion(model: ServedModel): string | null {
  const { optOut, fallback } = model.routing;
  if (optOut !== null) return optOut;
  const impersonal = [...fallback, ...model.versions].find((version) => {
    const kind = model.slot(version)?.model.kind;
    return kind === "rule" || kind === "constant";
  });
  return impersonal ?? null;
}

function fallbackVersion(model: ServedModel, decision: RouteDecision): string {
  return model.routing.fallback.find((version) => version !== decision.version) ?? decision.version;
}

/** What a row of a list is called: by the model's columns, else by the key that the body's own form has for it. */
function itemOf(raw: FeatureRecord | null, { options: { columns } }: ServedModel, list: boolean): string | null {
  const named = textOf(raw, columns.item) ?? textOf(raw, columns.id);
  return named ?? (list && columns.item === null ? textOf(raw, "item") : null);
}

function textOf(record: FeatureRecord | null, column: string | null): string | null {
  if (record === null || column === null) return null;
  const value = record[column];
  return typeof value === "string" || typeof value === "number" || typeof value === "bigint" ? String(value) : null;
}

function timeOf(record: FeatureRecord | null, column: string | null): number | null {
  if (record === null || column === null) return null;
  return requestTime(record[column]);
}

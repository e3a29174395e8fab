import type { ColumnProfile } from "../profile/column-profile.ts";
import { missingRows, mostFrequent } from "../profile/column-profile.ts";
import { isCategoryFrame, unseenBin } from "../profile/frame.ts";
import { distinctValues, momentSummary, profileQuantile } from "../profile/summary.ts";
import type { ColumnFacts, PlainAnswer } from "./drift-document.ts";

/** The plain first answer on one column, from profiles on one frame. */
export function plainAnswer(reference: ColumnProfile, current: ColumnProfile): PlainAnswer {
  const before = columnFacts(reference);
  const after = columnFacts(current);
  const { below, above } = outsideRange(reference, current);
  const frame = reference.frame;
  let unseen = isCategoryFrame(frame) ? current.counts[unseenBin(frame)]! : 0;
  if (frame.kind === "number" && frame.discrete) {
    const others = frame.groups.length - 1;
    for (let bin = 0; bin < current.counts.length; bin++)
      if (frame.groupOf[bin] === others) unseen += current.counts[bin]!;
  }
  const values = mostFrequent(current.unseen, 20).map(([value, rows]) => ({ value, rows }));
  const answer = {
    reference: before,
    current: after,
    below_minimum: below,
    above_maximum: above,
    never_seen: { rows: unseen, values },
  };
  return { sentence: sentenceOf(answer), ...answer };
}

export function columnFacts(profile: ColumnProfile): ColumnFacts {
  const { mean, sd } = momentSummary(profile);
  const hasRange = profile.min <= profile.max;
  return {
    rows: profile.rows,
    missing: missingRows(profile),
    infinite: profile.plusInfinity + profile.minusInfinity,
    distinct: distinctValues(profile),
    minimum: hasRange ? profile.min : null,
    maximum: hasRange ? profile.max : null,
    mean,
    sd,
    median: profileQuantile(profile, 0.5),
  };
}

/** Current rows below the reference's minimum and above its maximum (infinite ones among them). */
function outsideRange(
  reference: ColumnProfile,
  current: ColumnProfile,
): { below: number | null; above: number | null } {
  const frame = reference.frame;
  if (isCategoryFrame(frame) || !(reference.min <= reference.max)) return { below: null, above: null };
  let below = current.minusInfinity;
  let above = current.plusInfinity;
  for (let bin = 0; bin < current.counts.length; bin++) {
    const count = current.counts[bin]!;
    if (count === 0) continue;
    const upper = frame.edges[bin] ?? Number.POSITIVE_INFINITY;
    const lower = frame.edges[bin - 1] ?? Number.NEGATIVE_INFINITY;
    if (upper <= reference.min) below += count;
    else if (lower > reference.max) above += count;
  }
  return { below, above };
}

function sentenceOf(answer: Omit<PlainAnswer, "sentence">): string {
  const { reference, current } = answer;
  const parts: string[] = [];
  const share = (rows: number): string => `${formatShare(rows / Math.max(1, current.rows))} of the rows`;
  if (current.rows === 0) return "no current rows";
  if (reference.mean !== null && current.mean !== null) {
    parts.push(`mean ${formatNumber(reference.mean)} → ${formatNumber(current.mean)}`);
  }
  const outside = (answer.below_minimum ?? 0) + (answer.above_maximum ?? 0);
  if (outside > 0) {
    const bounds = `${formatNumber(reference.minimum)} to ${formatNumber(reference.maximum)}`;
    parts.push(`${share(outside)} outside the reference's ${bounds}`);
  }
  if (answer.never_seen.rows > 0) {
    const names = answer.never_seen.values.slice(0, 3).map(({ value }) => JSON.stringify(value));
    parts.push(
      `${share(answer.never_seen.rows)} with values never seen${names.length > 0 ? ` (${names.join(", ")})` : ""}`,
    );
  }
  const missingBefore = reference.missing / Math.max(1, reference.rows);
  const missingNow = current.missing / current.rows;
  if (Math.abs(missingNow - missingBefore) > 0.001) {
    parts.push(`missing ${formatShare(missingBefore)} → ${formatShare(missingNow)}`);
  }
  if (current.distinct === 1 && reference.distinct > 1 && current.rows >= 20) parts.push("constant now");
  return parts.join("; ");
}

/** Four significant digits, minus sign, thousands separated. */
export function formatNumber(value: number | null): string {
  if (value === null) return "none";
  const size = Math.abs(value);
  const text =
    size !== 0 && (size < 1e-4 || size >= 1e9)
      ? value.toExponential(2)
      : size >= 1000
        ? Math.round(value).toLocaleString("en-US")
        : String(Number(value.toPrecision(4)));
  return text.replace("-", "−");
}

/** Percent with as many digits as a small share needs. */
export function formatShare(share: number): string {
  const percent = 100 * share;
  if (percent === 0 || percent === 100) return `${percent}%`;
  if (percent < 0.01) return "<0.01%";
  return `${percent < 1 ? percent.toFixed(2) : percent.toFixed(1)}%`;
}

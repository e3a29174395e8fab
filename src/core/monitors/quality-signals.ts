import type { Signal } from "../alerts/alert.ts";
import type { LookSignals } from "./drift-signals.ts";
import type { SliceQuality } from "./watch-quality.ts";
import { dayWords } from "../report/time-words.ts";

export type QualitySource = "measured" | "estimated";

/** The name of the alarm of a slice's quality. */
export function qualityKey(model: string, slice: string, source: QualitySource): string {
  return `${source === "measured" ? "quality" : "estimated-quality"}:${model}/${slice}`;
}

/**
 * One alarm a slice whose quality is surely below its limit: an error where the slice blocks releases and labels say so, else
 * a warning. A slice without enough data says nothing, and its alarm stays as it is.
 */
export function qualitySignals(
  model: string,
  owner: string | null,
  source: QualitySource,
  slices: readonly SliceQuality[],
): LookSignals {
  const signals: Signal[] = [];
  const quiet: string[] = [];
  for (const { slice, blocking, outcome, reason, since } of slices) {
    const key = qualityKey(model, slice, source);
    if (outcome === "holds") quiet.push(key);
    if (outcome !== "below") continue;
    const from = since === null ? "" : ` since ${dayWords(new Date(since).toISOString())}`;
    const how = source === "measured" ? "" : "estimated without labels, ";
    signals.push({
      key,
      severity: blocking && source === "measured" ? "error" : "warning",
      model,
      owner,
      message: `${slice}: ${how}${reason}${from}`,
      actions: [`umpire retrain --model ${model}`, `umpire alerts snooze "${key}" 24h`],
    });
  }
  return { signals, quiet };
}

import type { LookSignals } from "../../core/monitors/drift-signals.ts";
import { qualityKey, qualitySignals } from "../../core/monitors/quality-signals.ts";
import { lookAtQuality, noQuality } from "./look-at-quality.ts";
import type { VersionEntry } from "../../core/registry/registry-entries.ts";
import type { LookTools } from "./look-entry.ts";
import type { QualityLook } from "./quality-look.ts";
import type { WatchedSlice } from "./reference-answers.ts";
import { watchedColumns } from "./watched-columns.ts";
import type { WatchedModel } from "./watched-model.ts";

interface QualityFound extends LookSignals {
  readonly quality: QualityLook | null;
}

/** Measures and estimates the live version's quality over all periods that have ended: labels of old ones still come. */
export async function liveQuality(
  watched: WatchedModel,
  place: { readonly log: string; readonly until: number; readonly now: number },
  slices: readonly WatchedSlice[],
  version: VersionEntry | null,
  last: QualityLook | null,
  tools: LookTools,
): Promise<QualityFound> {
  const { model, monitors } = watched;
  const settings = monitors.quality;
  if (settings === null) return { quality: null, signals: [], quiet: [] };
  if (version === null) {
    return { quality: noQuality(settings.metric, null, "no version is live"), signals: [], quiet: [] };
  }
  const judging = await tools.judgeTools();
  try {
    const source = await tools.reader.open([place.log]);
    const inLog = source.columns.map(({ name }) => name);
    const features = watchedColumns(watched, version, inLog);
    const request = { ...place, version, slices, features };
    const { artifacts, reader, signal, memory } = tools;
    const quality = await lookAtQuality(watched, settings, request, {
      reader,
      signal,
      memory,
      artifacts,
      runtime: judging.runtime,
    });
    const measured = qualitySignals(model, monitors.owner, "measured", quality.measured);
    const estimated = qualitySignals(model, monitors.owner, "estimated", quality.estimated);
    const signals = [...measured.signals, ...estimated.signals];
    const raised = new Set(signals.map(({ key }) => key));
    // What was said of the version before is over, whatever is known of this one yet.
    const over = last === null || last.version === version.version ? [] : alarmsOf(model, last);
    const quiet = [...measured.quiet, ...estimated.quiet, ...over.filter((key) => !raised.has(key))];
    return { quality, signals, quiet: [...new Set(quiet)] };
  } finally {
    await judging.close();
  }
}

function alarmsOf(model: string, { measured, estimated }: QualityLook): string[] {
  return [
    ...measured.map(({ slice }) => qualityKey(model, slice, "measured")),
    ...estimated.map(({ slice }) => qualityKey(model, slice, "estimated")),
  ];
}

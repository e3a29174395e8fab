import type { FeatureRecord } from "../../core/serving/feature-record.ts";
import type { GivenLabel } from "./label-intake.ts";

/** A request of the past: one record, or the rows of one list. */
export interface PastRequest {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly key: string | null;
  readonly records: readonly FeatureRecord[];
}

export interface ReplayParts {
  readonly send: (request: PastRequest) => Promise<void>;
  readonly label: (labels: readonly GivenLabel[]) => Promise<void>;
  /** Milliseconds that never step back. */
  readonly monotonic: () => number;
  readonly wait: (milliseconds: number) => Promise<void>;
  readonly onProgress: (done: number, total: number) => void;
}

export interface ReplayResult {
  readonly requests: number;
  readonly failed: number;
  readonly labels: number;
  /** The first failure, in words. */
  readonly firstFailure: string | null;
  readonly milliseconds: readonly number[];
}

/** Requests under way at a time: a gateway that is slower than the past was is not buried. */
const atATime = 64;
const labelsPerCall = 500;

/**
 * Sends the past again, in its order and `speed` times as fast; labels come when they came then, after the requests that
 * they belong to.
 * @param requests in the order of time
 * @param labels in the order of the time when they were known
 * @param speed infinity: as fast as it goes
 */
export async function replay(
  requests: readonly PastRequest[],
  labels: readonly (GivenLabel & { readonly time: number })[],
  speed: number,
  parts: ReplayParts,
): Promise<ReplayResult> {
  const started = parts.monotonic();
  const origin = Math.min(requests[0]?.time ?? Number.POSITIVE_INFINITY, labels[0]?.time ?? Number.POSITIVE_INFINITY);
  const due = (time: number): number => (speed === Number.POSITIVE_INFINITY ? 0 : (time - origin) / speed);
  const running = new Set<Promise<void>>();
  const milliseconds: number[] = [];
  let failed = 0;
  let firstFailure: string | null = null;
  let labelled = 0;
  const until = async (time: number): Promise<void> => {
    const left = due(time) - (parts.monotonic() - started);
    if (left > 1) await parts.wait(left);
  };
  const bringLabels = async (before: number): Promise<void> => {
    while (labelled < labels.length && labels[labelled]!.time <= before) {
      await until(labels[labelled]!.time);
      // Labels of requests that are still under way must not overtake them.
      await Promise.all(running);
      const elapsed = speed === Number.POSITIVE_INFINITY ? before : origin + (parts.monotonic() - started) * speed;
      const batch: GivenLabel[] = [];
      while (
        labelled < labels.length &&
        batch.length < labelsPerCall &&
        labels[labelled]!.time <= Math.min(before, elapsed)
      ) {
        batch.push(labels[labelled++]!);
      }
      if (batch.length > 0) await parts.label(batch);
    }
  };
  for (const [done, request] of requests.entries()) {
    await bringLabels(request.time);
    await until(request.time);
    while (running.size >= atATime) await Promise.race(running);
    const sent = parts.monotonic();
    const call: Promise<void> = parts
      .send(request)
      .then(
        () => void milliseconds.push(parts.monotonic() - sent),
        (error: unknown) => {
          failed++;
          firstFailure ??= error instanceof Error ? error.message : String(error);
        },
      )
      .finally(() => running.delete(call));
    running.add(call);
    parts.onProgress(done + 1, requests.length);
  }
  await Promise.all(running);
  await bringLabels(Number.POSITIVE_INFINITY);
  return { requests: requests.length, failed, labels: labelled, firstFailure, milliseconds };
}

/**
 * Rows as requests in the order of time. Rows of one group are one list, wherever they stand; without a group each row is
 * a request of its own.
 * @param id column with the key of a request; default the group
 */
export function pastRequests(
  records: readonly FeatureRecord[],
  time: (record: FeatureRecord) => number | null,
  { group, id }: { readonly group: string | null; readonly id: string | null },
): PastRequest[] {
  const requests: { time: number; key: string | null; records: FeatureRecord[] }[] = [];
  const lists = new Map<string, { records: FeatureRecord[] }>();
  for (const record of records) {
    const list = group === null ? null : textOf(record, group);
    const found = list === null ? undefined : lists.get(list);
    if (found !== undefined) {
      found.records.push(record);
      continue;
    }
    const key = id === null ? list : textOf(record, id);
    const request = { time: time(record) ?? requests.at(-1)?.time ?? 0, key, records: [record] };
    if (list !== null) lists.set(list, request);
    requests.push(request);
  }
  return requests.sort((a, b) => a.time - b.time);
}

function textOf(record: FeatureRecord, column: string): string | null {
  const value = record[column];
  return value === null || value === undefined ? null : String(value as string | number);
}

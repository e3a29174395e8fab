import { Failure } from "../../core/failures.ts";
import { nearest } from "../../core/nearest.ts";
import type { TableReader } from "../ports/table-reader.ts";
import type { Timetable } from "../ports/timetable.ts";
import { firstTime } from "../schedules/first-time.ts";
import type { WatchedModel } from "./watched-model.ts";
import { watchedSlices } from "./watched-slices.ts";

interface Tools {
  readonly reader: TableReader;
  readonly timetable: Timetable;
  readonly now: number;
}

/**
 * Holds what the monitors and the schedule of a policy name against what there is, before they are waited for: a slice or
 * column that nothing has would be watched for ever without a word. Test data that cannot be read now stop no server.
 * @throws Failure POLICY with line and column
 */
export async function checkWatched(watched: WatchedModel, { reader, timetable, now }: Tools): Promise<void> {
  const { source } = watched.onDisk.parsed;
  const schedule = watched.retraining?.schedule ?? null;
  if (schedule !== null) {
    const place = ["retrain", "triggers"];
    checkNext(schedule.cron, "UTC", source.where([...place, "schedule"]), timetable, now);
    checkNext(schedule.cron, schedule.timeZone, source.where([...place, "time_zone"]), timetable, now);
  }
  try {
    if (watched.monitors.slices !== null) await watchedSlices(watched, reader);
    await checkColumns(watched, reader);
  } catch (error) {
    if (error instanceof Failure && error.code !== "POLICY") return;
    throw error;
  }
}

function checkNext(cron: string, timeZone: string, where: string, timetable: Timetable, now: number): void {
  try {
    firstTime(timetable, cron, timeZone, now);
  } catch (cause) {
    if (!(cause instanceof Failure)) throw cause;
    throw new Failure("POLICY", { where, message: cause.message, mend: cause.mend, cause });
  }
}

async function checkColumns({ monitors, onDisk }: WatchedModel, reader: TableReader): Promise<void> {
  const { policy, source } = onDisk.parsed;
  const named: (readonly [readonly (string | number)[], string])[] = [
    ...(monitors.columns ?? []).map((name, i) => [["monitors", "columns", i], name] as const),
    ...[...monitors.importance.keys()].map((name) => [["monitors", "importance", name], name] as const),
  ];
  if (named.length === 0) return;
  const side = monitors.reference ?? (policy.data.train === null ? "test" : "train");
  const files = policy.data[side] ?? policy.data.test;
  const { columns } = await reader.open(files.map(onDisk.resolvePath));
  const known = columns.map(({ name }) => name);
  for (const [path, name] of named) {
    if (known.includes(name)) continue;
    const near = nearest(name, known);
    throw new Failure("POLICY", {
      where: source.where(path),
      message: `${path[0]}.${path[1]}: there is no column "${name}" in ${files.join(", ")}`,
      mend: [near.length > 0 ? `nearest: ${near.join(", ")}` : `columns: ${known.slice(0, 20).join(", ")}`],
    });
  }
}

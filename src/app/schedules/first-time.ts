import { Failure } from "../../core/failures.ts";
import type { Timetable } from "../ports/timetable.ts";

/**
 * When a schedule is due first. Wherever one enters it is asked this, because one that can never be due would be waited
 * for without a word.
 * @throws Failure USAGE where it cannot be read, and where no date fits it
 */
export function firstTime(timetable: Timetable, cron: string, timeZone: string, now: number): number {
  const next = timetable.next(cron, timeZone, now);
  if (next !== null) return next;
  throw new Failure("USAGE", {
    message: `"${cron}" is never due: no date fits its day and month`,
    mend: ["0 0 28 2 * is every 28th of February, 0 0 L * * the last day of every month"],
  });
}

import { Cron } from "croner";
import type { Timetable } from "../../app/ports/timetable.ts";
import { Failure } from "../../core/failures.ts";

/** Cron expressions of five or six parts in any time zone of the machine's tables. */
export const cronTimetable: Timetable = {
  next: (cron, timeZone, after) => {
    try {
      // The library takes a date too: a schedule for one time only, which afterwards looks like one that is off.
      if (/^\s*\d{4}-/.test(cron)) throw new Error("it is a date");
      const job = new Cron(cron, { timezone: timeZone, paused: true, mode: "5-or-6-parts" });
      return job.nextRun(new Date(after))?.getTime() ?? null;
    } catch (cause) {
      throw new Failure("USAGE", {
        message: `"${cron}" in "${timeZone}" is no schedule: ${reasonOf((cause as Error).message)}`,
        mend: ["minute hour day month weekday: `30 6 * * 1-5` in `Europe/Berlin` is half past six on working days"],
        cause,
      });
    }
  },
};

/** What the library says, in a line. */
function reasonOf(message: string): string {
  if (/timezone/i.test(message)) return "there is no such time zone";
  if (/\bparts\b/.test(message)) return "it takes five parts, or six with the second first";
  return message.replace(/^Cron\w+: /, "").replace(/\.$/, "");
}

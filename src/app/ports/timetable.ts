/** Says when a cron expression is due. */
export interface Timetable {
  /**
   * The first due time after a moment, in milliseconds since 1970; null: never again.
   * @throws Failure USAGE where the expression or the time zone cannot be read
   */
  next(cron: string, timeZone: string, after: number): number | null;
}

import type { Severity } from "../findings.ts";

/** Something that someone should know now. Raised again and again while it lasts; told once. */
export interface Signal {
  /** What makes two signals the same alarm: `drift:film-ranker/low activity/user_age`. */
  readonly key: string;
  readonly severity: Severity;
  /** Empty: the server itself. */
  readonly model: string;
  /** Who is asked to act; null: the policy's default route. */
  readonly owner: string | null;
  /** One sentence: what, where, since when. */
  readonly message: string;
  /** What to do next: a command, a page. */
  readonly actions: readonly string[];
  /** Only what raised it, or a person, ends it: where it is not heard of again, nobody looked. Absent: silence ends it. */
  readonly lasts?: boolean;
}

/** A channel as one policy names it: two policies may have channels of one name. */
export interface AlertTarget {
  /** The model of the policy. */
  readonly policy: string;
  readonly channel: string;
}

/** An alarm with its history. Times are milliseconds since 1970 UTC. */
export interface Alert extends Signal {
  readonly state: "firing" | "recovered";
  readonly since: number;
  readonly lastSeen: number;
  /** How often the signal came since it fires. */
  readonly count: number;
  readonly lastTold: number | null;
  /** How severe it was when it was told last; absent in states of before. */
  readonly toldSeverity?: Severity;
  /** Silent until then; recovery is told all the same. */
  readonly snoozedUntil: number | null;
  readonly snoozedBy: string | null;
  /** When it was silenced, by the same clock as the end; absent in states of before. */
  readonly snoozedAt?: number | null;
  /** Who has been told since it fires, and hears of its end; absent in states of before. */
  readonly toldTo?: readonly AlertTarget[];
}

export type NoticeKind = "raised" | "reminder" | "worse" | "recovered";

/** One message to send. */
export interface Notice {
  readonly kind: NoticeKind;
  readonly alert: Alert;
}

export interface AlertRules {
  /** A firing alarm is told again after this long. */
  readonly repeatAfter: number;
  /** An alarm whose signal has not come for this long has recovered. */
  readonly quietAfter: number;
}

export const defaultAlertRules: AlertRules = { repeatAfter: 24 * 3_600_000, quietAfter: 2 * 3_600_000 };

/** A clock is set by less to keep the time. */
const LEAST_JUMP = 60_000;

const order: readonly Severity[] = ["info", "warning", "error"];

/**
 * Takes one signal into the alarm of its key. New alarms and alarms that grew more severe are told at once; the same
 * again only after `repeatAfter`; a snoozed one not at all, unless it grew more severe.
 */
export function raise(
  known: Alert | null,
  signal: Signal,
  now: number,
  rules: AlertRules,
): { alert: Alert; notice: Notice | null } {
  if (known === null || known.state === "recovered") {
    const alert: Alert = {
      ...signal,
      state: "firing",
      since: now,
      lastSeen: now,
      count: 1,
      lastTold: now,
      toldSeverity: signal.severity,
      snoozedUntil: null,
      snoozedBy: null,
    };
    return { alert, notice: { kind: "raised", alert } };
  }
  // Than those who were told know: one that sank without a word and rises again is no news.
  const worse = order.indexOf(signal.severity) > order.indexOf(known.toldSeverity ?? known.severity);
  const tell = worse || isDue(known, now, rules);
  const alert: Alert = {
    ...known,
    ...signal,
    lastSeen: now,
    count: known.count + 1,
    lastTold: tell ? now : known.lastTold,
    ...(tell ? { ...awake, toldSeverity: signal.severity } : {}),
  };
  return { alert, notice: tell ? { kind: worse ? "worse" : "reminder", alert } : null };
}

/** What is told while it fires is silenced no longer: the silence was over, or the alarm grew. */
const awake = { snoozedUntil: null, snoozedBy: null, snoozedAt: null };

/** The end of a silence is told at once: whoever asked for an hour waits for it, whatever `repeatAfter` says. */
function isDue({ snoozedUntil, snoozedAt, lastTold }: Alert, now: number, { repeatAfter }: AlertRules): boolean {
  if (snoozedUntil === null) return lastTold === null || Math.abs(now - lastTold) >= repeatAfter;
  // Of a clock that was set back since, the end of the silence means nothing: rather once too often than never again.
  return now >= snoozedUntil || now < (snoozedAt ?? Number.NEGATIVE_INFINITY) - LEAST_JUMP;
}

/**
 * Tells again what nothing signals anew: a firing alarm whose silence is over, or one that lasts until it is ended. Null
 * where there is nothing to tell yet.
 */
export function remind(alert: Alert, now: number, rules: AlertRules): { alert: Alert; notice: Notice } | null {
  if (alert.state !== "firing" || !(alert.lasts === true || alert.snoozedUntil !== null)) return null;
  if (!isDue(alert, now, rules)) return null;
  const told: Alert = { ...alert, ...awake, lastTold: now, toldSeverity: alert.severity };
  return { alert: told, notice: { kind: "reminder", alert: told } };
}

/**
 * Ends an alarm whose signal has stopped, and tells it, once. Null where there is nothing to do yet.
 * @param silent how long somebody has listened and heard nothing, by a clock that never jumps
 */
export function recover(
  alert: Alert,
  silent: number,
  now: number,
  rules: AlertRules,
): { alert: Alert; notice: Notice } | null {
  if (alert.lasts === true || silent < rules.quietAfter) return null;
  return resolve(alert, now);
}

/** Ends an alarm now: its cause is known to be gone. Null where it is over already: an end is told once. */
export function resolve(alert: Alert, now: number): { alert: Alert; notice: Notice } | null {
  if (alert.state === "recovered") return null;
  const ended: Alert = { ...alert, ...awake, state: "recovered", lastSeen: now };
  return { alert: ended, notice: { kind: "recovered", alert: ended } };
}

/** Silences a firing alarm for a span; a named person answers for it. */
export function snooze(alert: Alert, now: number, milliseconds: number, by: string): Alert {
  return { ...alert, snoozedUntil: now + milliseconds, snoozedBy: by, snoozedAt: now };
}

import type { Notice } from "./alert.ts";
import { timeWords } from "../report/time-words.ts";

const words: Readonly<Record<Notice["kind"], string>> = {
  raised: "",
  reminder: "still: ",
  worse: "worse: ",
  recovered: "over: ",
};

/** The first line of a notice: what a phone shows at night. */
export function noticeLine({ kind, alert }: Notice): string {
  return `${alert.severity === "error" ? "✗" : "·"} ${alert.model || "server"}  ${words[kind]}${alert.message}`;
}

/** All of a notice as plain text: the line, since when, what to do. */
export function noticeText(notice: Notice): string {
  const { alert } = notice;
  const since = `since ${timeWords(new Date(alert.since).toISOString())}, seen ${alert.count} ${alert.count === 1 ? "time" : "times"}`;
  return [noticeLine(notice), `  ${since}`, ...alert.actions.map((action) => `  ${action}`)].join("\n");
}

/** A CloudEvents 1.0 envelope (JSON form) around a notice; type `dev.umpire.alarm.v1`. */
export function noticeEvent(id: string, notice: Notice): Readonly<Record<string, unknown>> {
  const { alert, kind } = notice;
  return {
    specversion: "1.0",
    id,
    source: "umpire",
    type: "dev.umpire.alarm.v1",
    subject: alert.key,
    time: new Date(alert.lastSeen).toISOString(),
    datacontenttype: "application/json",
    data: {
      kind,
      key: alert.key,
      severity: alert.severity,
      model: alert.model,
      owner: alert.owner,
      message: alert.message,
      actions: alert.actions,
      since: new Date(alert.since).toISOString(),
      count: alert.count,
    },
  };
}

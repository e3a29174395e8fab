import type { Notice } from "./alert.ts";
import { harmless } from "../report/text-width.ts";
import { timeWords } from "../report/time-words.ts";

const words: Readonly<Record<Notice["kind"], string>> = {
  raised: "",
  reminder: "still: ",
  worse: "worse: ",
  recovered: "over: ",
};

/** The first line of a notice: what a phone shows at night. */
function noticeLine({ kind, alert }: Notice): string {
  const mark = kind === "recovered" ? "✓" : alert.severity === "error" ? "✗" : "·";
  return `${mark} ${alert.model || "server"}  ${words[kind]}${alert.message}`;
}

/** All of a notice as plain text: the line, since when, what to do. Names in it can make no line of their own. */
export function noticeText(notice: Notice): string {
  const { alert, kind } = notice;
  const time = (at: number): string => timeWords(new Date(at).toISOString());
  const seen = `seen ${alert.count === 1 ? "once" : `${alert.count} times`}`;
  const over = kind === "recovered";
  const since = over ? `from ${time(alert.since)} to ${time(alert.lastSeen)}` : `since ${time(alert.since)}, ${seen}`;
  const lines = [noticeLine(notice), `  ${since}`, ...(over ? [] : alert.actions.map((action) => `  ${action}`))];
  return lines.map(harmless).join("\n");
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

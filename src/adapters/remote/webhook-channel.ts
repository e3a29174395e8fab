import { createHmac } from "node:crypto";
import type { AlertChannel } from "../../app/ports/alert-channel.ts";
import type { Notice } from "../../core/alerts/alert.ts";
import { noticeEvent, noticeText } from "../../core/alerts/notice-text.ts";
import { Failure } from "../../core/failures.ts";
import { parseAddress } from "./remote-address.ts";
import { RemoteHttp } from "./remote-http.ts";

export interface WebhookOptions {
  readonly url: string;
  /** Signs each call: `umpire-signature: t=SECONDS,v1=HEX`, HMAC-SHA256 over `SECONDS.BODY`. */
  readonly secret: string | null;
  /** `events`: CloudEvents 1.0 JSON. `slack`: `{ "text": …, "mrkdwn": false }`, which Slack and its kind take. */
  readonly form: "events" | "slack";
  /** The address stands in a file of the operator's; those that arrive through the API may not reach inside. */
  readonly trusted: boolean;
  /** Seconds since 1970, for the signature. */
  readonly now: () => number;
}

const timeoutMilliseconds = 10_000;

/** Posts notices to an HTTP address. */
export function createWebhookChannel(options: WebhookOptions): AlertChannel {
  const mend = ["webhook: https://…, or ${NAME} from the environment"];
  const url = parseAddress(
    options.url,
    ({ message }) => new Failure("CHANNEL", { where: "alerts.channels", message, mend }),
  );
  const remote = new RemoteHttp(url, { headers: {}, trusted: options.trusted });
  return {
    async send(id, notice, signal) {
      const body = JSON.stringify(options.form === "slack" ? slackMessage(notice) : noticeEvent(id, notice));
      const type = options.form === "slack" ? "application/json" : "application/cloudevents+json";
      const headers = { "content-type": type, "umpire-delivery": id, ...signature(options, body) };
      const limited = AbortSignal.any([signal, AbortSignal.timeout(timeoutMilliseconds)]);
      let status: number;
      try {
        ({ status } = await remote.call("POST", `${url.pathname}${url.search}`, body, headers, limited));
      } catch (cause) {
        throw undelivered(url, limited.aborted && !signal.aborted ? lateWords : problemWords(cause), cause);
      }
      if (status >= 300 && status < 400) {
        throw undelivered(url, `it answered ${status}, a redirect, which is not followed: name where it leads`);
      }
      if (status < 200 || status >= 300) throw undelivered(url, `it answered ${status}`);
    },
  };
}

const lateWords = `no answer within ${timeoutMilliseconds / 1000} s`;

/** What went wrong; a name with several addresses fails with one problem for each, and no words of its own. */
function problemWords(cause: unknown): string {
  const [first] = cause instanceof AggregateError ? cause.errors : [cause];
  return first instanceof Error && first.message !== "" ? first.message : "no answer";
}

/** Only the origin is named: paths of webhooks are secrets. */
function undelivered(url: URL, why: string, cause?: unknown): Failure {
  const mend = ["it is tried again with growing pauses; umpire alerts lists what waits"];
  return new Failure("CHANNEL", {
    where: url.origin,
    message: `the webhook did not take the notice: ${why}`,
    mend,
    cause,
  });
}

function signature({ secret, now }: WebhookOptions, body: string): Record<string, string> {
  if (secret === null) return {};
  const seconds = Math.floor(now());
  const digest = createHmac("sha256", secret).update(`${seconds}.${body}`).digest("hex");
  return { "umpire-signature": `t=${seconds},v1=${digest}` };
}

/** Slack cuts texts off beyond 40,000 characters and advises 4,000. */
const LONGEST_TEXT = 4000;

function slackMessage(notice: Notice): { readonly text: string; readonly mrkdwn: false } {
  const characters = Array.from(noticeText(notice));
  const cut = characters.length > LONGEST_TEXT ? [...characters.slice(0, LONGEST_TEXT - 1), "…"] : characters;
  // Slack reads <…> and & as markup; these three escapes are its whole list. Without mrkdwn, * and _ of names stay as they are.
  const text = cut.join("").replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  return { text, mrkdwn: false };
}

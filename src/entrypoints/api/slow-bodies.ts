import type { ApiApp, ApiLimits } from "./api-parts.ts";
import { answerBrokenRequest } from "./broken-requests.ts";

/** Longest time that a file may take to arrive. */
export const FILE_MILLISECONDS = 3_600_000;

/** Bodies other than files must be here in time: a client that sends a byte a minute would hold its connection for ever. */
export function refuseSlowBodies(app: ApiApp, { bodyMilliseconds }: Pick<ApiLimits, "bodyMilliseconds">): void {
  const waiting = new WeakMap<object, NodeJS.Timeout>();
  app.addHook("preParsing", (request, _reply, _payload, done) => {
    if (!/^application\/octet-stream\b/i.test(request.headers["content-type"] ?? "")) {
      const { socket } = request.raw;
      const late = Object.assign(new Error("the body is late"), { code: "ERR_HTTP_REQUEST_TIMEOUT" });
      waiting.set(request, setTimeout(() => answerBrokenRequest(late, socket), bodyMilliseconds).unref());
    }
    done();
  });
  const arrived = (request: object): void => clearTimeout(waiting.get(request));
  app.addHook("preValidation", (request, _reply, done) => {
    arrived(request);
    done();
  });
  app.addHook("onResponse", (request, _reply, done) => {
    arrived(request);
    done();
  });
}

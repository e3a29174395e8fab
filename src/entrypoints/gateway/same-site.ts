import type { IncomingMessage } from "node:http";
import { RequestFailure } from "../../core/serving/feature-record.ts";

const loopback = new Set(["localhost", "127.0.0.1", "[::1]"]);

/**
 * Refuses what a stranger's web page makes a browser send. Without keys a gateway trusts whoever is on the machine, and a
 * browser there carries any page's requests: by their Origin, or by a Host that the page's own name was pointed at.
 * Pages of this machine may predict, from any port; what changes something, or tells of people, takes the gateway's own.
 * @param path its parts, decoded
 * @throws RequestFailure 403
 */
export function refuseOtherSites({ headers, method }: IncomingMessage, path: readonly string[]): void {
  const { origin, host } = headers;
  const isInner = isChange(method, path) || (path[0] === "v1" && path[1] === "overrides");
  if (origin !== undefined && (!isLoopback(origin) || (isInner && origin !== `http://${host ?? ""}`))) {
    throw new RequestFailure("pages of other sites may not call a gateway that asks for no keys", 403);
  }
  if (isInner && host !== undefined && !isLoopback(`http://${host}`)) {
    throw new RequestFailure("without keys, this comes to localhost or 127.0.0.1 by that name", 403);
  }
}

/** What changes who answers, or what is known of the answers: all that is sent here and asks for no prediction. */
function isChange(method: string | undefined, path: readonly string[]): boolean {
  if (method === "GET" || method === "HEAD" || path[0] !== "v1") return false;
  return path.at(-1) !== "predict" && path.at(-1) !== "invocations";
}

function isLoopback(url: string): boolean {
  const found = URL.parse(url);
  return found !== null && loopback.has(found.hostname);
}

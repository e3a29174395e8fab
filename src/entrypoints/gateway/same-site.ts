import type { IncomingMessage } from "node:http";
import { RequestFailure } from "../../core/serving/feature-record.ts";

const loopback = new Set(["localhost", "127.0.0.1", "[::1]"]);

/**
 * Refuses what a stranger's web page makes a browser send. Without keys a gateway trusts whoever is on the machine, and a
 * browser there carries any page's requests: by their Origin, or by a Host that the page's own name was pointed at.
 * @throws RequestFailure 403
 */
export function refuseOtherSites({ headers }: IncomingMessage, changes: boolean): void {
  const { origin, host } = headers;
  if (origin !== undefined && origin !== `http://${host ?? ""}` && !isLoopback(origin)) {
    throw new RequestFailure("pages of other sites may not call a gateway that asks for no keys", 403);
  }
  if (changes && host !== undefined && !isLoopback(`http://${host}`)) {
    throw new RequestFailure("without keys, changes come to localhost or 127.0.0.1 by that name", 403);
  }
}

function isLoopback(url: string): boolean {
  try {
    return loopback.has(new URL(url).hostname);
  } catch {
    return false;
  }
}

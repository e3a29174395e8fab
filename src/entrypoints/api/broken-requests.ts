import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { Failure } from "../../core/failures.ts";
import { problemOf } from "./problem-answers.ts";
import { Refusal } from "./refusal.ts";

/** Answers what is not HTTP, or no request of it that Node goes on with, as a problem too, and closes the connection. */
export function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === "ECONNRESET" || socket.destroyed) return;
  if (!socket.writable || socket.bytesWritten > 0) {
    socket.destroy(error);
    return;
  }
  const [status, words, failure] = failureOf(error.code);
  const body = JSON.stringify(problemOf(failure, crypto.randomUUID()));
  const head = [
    `HTTP/1.1 ${status} ${words}`,
    "content-type: application/problem+json",
    `content-length: ${Buffer.byteLength(body)}`,
    "connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
}

function failureOf(code: string | undefined): readonly [number, string, Failure] {
  switch (code) {
    case "HPE_HEADER_OVERFLOW":
      return [
        431,
        "Request Header Fields Too Large",
        new Refusal(431, "TOO_LARGE", { message: "the headers are larger than 16 KiB" }),
      ];
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return [408, "Request Timeout", new Refusal(408, "USAGE", { message: "the request took too long to arrive" })];
    default:
      return [400, "Bad Request", new Failure("USAGE", { message: "this is no request of HTTP/1.1" })];
  }
}

/** `Expect` other than `100-continue`. */
export function refuseExpectations(server: Server): void {
  server.on("checkExpectation", (request: IncomingMessage, response: ServerResponse) => {
    request.resume();
    const failure = new Refusal(417, "USAGE", { message: "of Expect, only 100-continue is known" });
    response.writeHead(417, { "content-type": "application/problem+json" });
    response.end(JSON.stringify(problemOf(failure, crypto.randomUUID())));
  });
}

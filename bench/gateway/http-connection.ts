import { connect } from "node:net";

export interface HttpConnection {
  /** Resolves when the answer is whole. One request at a time. @throws where it is no 200 */
  send(request: Buffer): Promise<void>;
  close(): void;
}

/** A connection that stays open, with as little work of its own as can be. */
export async function connectTo(port: number): Promise<HttpConnection> {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  let held: Buffer = Buffer.alloc(0);
  let waiting: { resolve: () => void; reject: (error: Error) => void } | null = null;
  socket.on("data", (chunk: Buffer) => {
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    const head = held.indexOf("\r\n\r\n");
    if (head < 0) return;
    const header = held.toString("latin1", 0, head);
    if (!header.startsWith("HTTP/1.1 200")) {
      waiting?.reject(new Error(held.toString("utf8").slice(0, 500)));
      socket.destroy();
      return;
    }
    const length = Number(/content-length: (\d+)/i.exec(header)?.[1]);
    if (held.length < head + 4 + length) return;
    held = Buffer.alloc(0);
    waiting?.resolve();
  });
  await new Promise<void>((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("error", reject);
  });
  socket.on("error", (error) => waiting?.reject(error));
  return {
    send: (request) =>
      new Promise((resolve, reject) => {
        waiting = { resolve, reject };
        socket.write(request);
      }),
    close: () => socket.end(),
  };
}

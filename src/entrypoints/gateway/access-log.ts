export interface AccessEntry {
  readonly method: string;
  /** The route's template: the names and ids in a path are the client's. */
  readonly route: string;
  readonly status: number;
  readonly milliseconds: number;
}

export interface AccessLog {
  write(entry: AccessEntry): void;
}

/** One JSON line a request: when, what route, how it ended, how long. No address, no id, no content. */
export function createAccessLog(out: { write(text: string): unknown }, now: () => number): AccessLog {
  let lines = "";
  return {
    write({ method, route, status, milliseconds }) {
      if (lines === "") {
        setImmediate(() => {
          const text = lines;
          lines = "";
          out.write(text);
        });
      }
      lines += `{"time":"${new Date(now()).toISOString()}","method":"${method}","route":"${route}","status":${status},"ms":${milliseconds.toFixed(2)}}\n`;
    },
  };
}

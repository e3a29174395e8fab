import { type HttpConnection, connectTo } from "./http-connection.ts";

/**
 * Sends requests at a fixed rate whether or not the ones before are answered, as clients do that know nothing of each
 * other. @returns latencies in milliseconds, sorted; what waits for a free connection counts
 */
export async function openLoad(
  port: number,
  made: readonly Buffer[],
  perSecond: number,
  seconds: number,
): Promise<number[]> {
  const idle = await Promise.all(Array.from({ length: 64 }, () => connectTo(port)));
  const all = [...idle];
  const total = perSecond * seconds;
  const due: number[] = [];
  const latencies: number[] = [];
  let sent = 0;
  await new Promise<void>((resolve, reject) => {
    const started = performance.now();
    const serve = (connection: HttpConnection): void => {
      const at = due.shift();
      if (at === undefined) {
        idle.push(connection);
        return;
      }
      connection.send(made[sent++ % made.length]!).then(() => {
        latencies.push(performance.now() - at);
        serve(connection);
        if (latencies.length === total) resolve();
      }, reject);
    };
    let asked = 0;
    const clock = setInterval(() => {
      const now = performance.now();
      const until = Math.min(total, Math.floor(((now - started) / 1000) * perSecond));
      for (; asked < until; asked++) due.push(now);
      while (due.length > 0 && idle.length > 0) serve(idle.pop()!);
      if (asked === total) clearInterval(clock);
    }, 1);
  });
  for (const connection of all) connection.close();
  return latencies.sort((a, b) => a - b);
}

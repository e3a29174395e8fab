import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createRandom } from "../../src/core/statistics/random.ts";
import { grpcCaller } from "./grpc-caller.ts";
import { connectTo } from "./http-connection.ts";
import { openLoad } from "./open-load.ts";
import { type BenchServer, startGateway, startServer } from "./start-server.ts";
import { benchFolder, type Features, modelFile, writeGatewayFiles } from "./gateway-files.ts";

/**
 * Starts a server, sends it the same requests over 32 connections, and prints the CPU time that its process took for a
 * thousand of them in milliseconds, which is microseconds a request. `node measure.ts KIND JSON`.
 */
interface Plan {
  readonly kind: "bare" | "fastapi" | "mlserver" | "gateway";
  readonly python?: string;
  readonly features?: Features;
  readonly rows?: number;
  readonly grpc?: boolean;
  readonly requests?: number;
  /** True: a bare server stands behind the gateway; only the gateway's time counts. */
  readonly remote?: boolean;
  /** An open load instead: requests a second, and which quantile of the latency is printed, in milliseconds. */
  readonly open?: { readonly perSecond: number; readonly quantile: number };
}

const plan = JSON.parse(process.argv[2]!) as Plan;
const rows = plan.rows ?? 1;
const requests = plan.requests ?? 20_000;
const connections = 32;
const folder = mkdtempSync(join(benchFolder, "run-"));
const here = fileURLToPath(new URL(".", import.meta.url));

async function startServers(): Promise<readonly BenchServer[]> {
  const bare = (): Promise<BenchServer> => startServer(process.execPath, [join(here, "bare-server.ts"), modelFile]);
  if (plan.kind === "bare") return [await bare()];
  if (plan.kind === "fastapi") return [await startServer(plan.python!, [join(here, "fastapi_server.py"), modelFile])];
  if (plan.kind === "mlserver") {
    return [await startServer(plan.python!, [join(here, "mlserver_server.py"), modelFile, folder])];
  }
  const behind = plan.remote === true ? [await bare()] : [];
  const remote = behind[0] === undefined ? {} : { remote: `http://127.0.0.1:${behind[0].port}/v2/models/m` };
  const file = writeGatewayFiles(folder, { ...plan.features, ...remote });
  return [await startGateway(file, folder, plan.grpc === true), ...behind];
}

/** Milliseconds of CPU, of all threads, since the process began: user and system. */
function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** A few hundred bodies that differ, made ahead. */
function bodies(): Buffer[] {
  const random = createRandom(2);
  return Array.from({ length: 256 }, (_, i) => {
    const data = Array.from({ length: rows * 20 }, () => Math.round(random.nextNormal() * 1000) / 1000);
    const document = {
      inputs: [{ name: "x", datatype: "FP32", shape: [rows, 20], data }],
      parameters: { unit: `u${i}` },
    };
    const body = JSON.stringify(document);
    return Buffer.from(
      `POST /v2/models/m/infer HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
  });
}

async function overHttp(port: number, count: number): Promise<void> {
  const made = bodies();
  let left = count;
  const worker = async (): Promise<void> => {
    const connection = await connectTo(port);
    while (left > 0) await connection.send(made[--left % made.length]!);
    connection.close();
  };
  await Promise.all(Array.from({ length: connections }, worker));
}

async function overGrpc(port: number, count: number): Promise<void> {
  const caller = await grpcCaller(port, rows);
  let left = count;
  const worker = async (): Promise<void> => {
    while (left-- > 0) await caller.send(`u${left % 256}`);
  };
  await Promise.all(Array.from({ length: connections }, worker));
  caller.close();
}

async function processorTime(put: (count: number) => Promise<void>): Promise<object> {
  const before = cpuOf(server!.child.pid!);
  const started = performance.now();
  await put(requests);
  const seconds = (performance.now() - started) / 1000;
  // Shadows answer after the reply: they are waited for, and counted.
  if (plan.features?.shadow !== undefined) await new Promise((resolve) => setTimeout(resolve, 500));
  const cpu = cpuOf(server!.child.pid!) - before;
  return { milliseconds: (cpu / requests) * 1000, requestsPerSecond: requests / seconds };
}

async function latency({ perSecond, quantile }: NonNullable<Plan["open"]>): Promise<object> {
  const sorted = await openLoad(server!.port, bodies(), perSecond, 5);
  return { milliseconds: sorted[Math.floor(quantile * (sorted.length - 1))] };
}

const servers = await startServers();
const [server] = servers;
try {
  const put = (count: number): Promise<void> =>
    plan.grpc === true ? overGrpc(server!.grpcPort, count) : overHttp(server!.port, count);
  // Long enough for the compiler of JavaScript to be done with all of it; Python has none.
  await put(plan.python === undefined ? 25_000 : 1000);
  console.log(JSON.stringify(await (plan.open === undefined ? processorTime(put) : latency(plan.open))));
} finally {
  for (const { child } of servers) {
    child.removeAllListeners("exit");
    child.kill("SIGKILL");
  }
  rmSync(folder, { recursive: true, force: true });
}

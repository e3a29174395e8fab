import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createRandom } from "../../src/core/statistics/random.ts";
import { benchFolder, makeModel, writeGatewayFiles } from "./gateway-files.ts";
import { grpcCaller } from "./grpc-caller.ts";
import { connectTo } from "./http-connection.ts";
import { startGateway } from "./start-server.ts";
import { featureNames } from "./tree-model.ts";

/**
 * Memory of a gateway over many requests, with everything on: contract, cohorts, a shadow on 10% of the units, the log
 * written and rotated to Parquet. Each request has a unit of its own. Prints the resident memory as it goes, and at the
 * end how much it grew over the second half. `node bench/gateway/soak.ts [records|grpc] [requests]`.
 */
const door = process.argv[2] ?? "records";
const requests = Number(process.argv[3] ?? (door === "grpc" ? 200_000 : 1_000_000));
const connections = 32;
const samples = 100;

interface Sample {
  readonly requests: number;
  readonly seconds: number;
  readonly resident: number;
  readonly anonymous: number;
}

/** MiB that a process holds: all, and what is no file's. */
function memoryOf(pid: number): { readonly resident: number; readonly anonymous: number } {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const mebibytes = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(status)?.[1]) / 1024;
  return { resident: mebibytes("VmRSS"), anonymous: mebibytes("RssAnon") };
}

/** A few hundred records that differ; the unit is put in at the end. */
function recordBodies(): string[] {
  const random = createRandom(3);
  return Array.from({ length: 256 }, () => {
    const record = Object.fromEntries(
      featureNames.map((name) => [name, Math.round(random.nextNormal() * 1000) / 1000]),
    );
    return JSON.stringify({ record }).slice(0, -1);
  });
}

async function sendRecords(port: number, next: () => number | null): Promise<void> {
  const bodies = recordBodies();
  const worker = async (): Promise<void> => {
    const connection = await connectTo(port);
    for (let i = next(); i !== null; i = next()) {
      const body = `${bodies[i % bodies.length]},"unit":"unit ${i}"}`;
      const head = `POST /v1/models/m/predict HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`;
      await connection.send(Buffer.from(head + body));
    }
    connection.close();
  };
  await Promise.all(Array.from({ length: connections }, worker));
}

async function sendGrpc(port: number, next: () => number | null): Promise<void> {
  const caller = await grpcCaller(port, 1);
  const worker = async (): Promise<void> => {
    for (let i = next(); i !== null; i = next()) await caller.send(`unit ${i}`);
  };
  await Promise.all(Array.from({ length: connections }, worker));
  caller.close();
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

await makeModel();
const folder = mkdtempSync(join(benchFolder, "soak-"));
const file = writeGatewayFiles(folder, { check: true, route: true, log: "written", shadow: 0.1, rotate: true });
const server = await startGateway(file, folder, true);
const curve: Sample[] = [];
try {
  const started = performance.now();
  const step = Math.max(1, Math.floor(requests / samples));
  let sent = 0;
  const next = (): number | null => {
    if (sent >= requests) return null;
    if (sent % step === 0) {
      const sample = { requests: sent, seconds: (performance.now() - started) / 1000, ...memoryOf(server.child.pid!) };
      curve.push(sample);
      if (curve.length % 5 === 1) {
        console.log(
          `${String(sent).padStart(9)} requests ${sample.seconds.toFixed(0).padStart(5)} s ${sample.resident.toFixed(0).padStart(5)} MiB, ${sample.anonymous.toFixed(0)} of no file`,
        );
      }
    }
    return sent++;
  };
  await (door === "grpc" ? sendGrpc(server.grpcPort, next) : sendRecords(server.port, next));
  const half = curve.slice(Math.floor(curve.length / 2));
  const middle = half.slice(0, Math.floor(half.length / 2)).map((sample) => sample.resident);
  const last = half.slice(Math.floor(half.length / 2)).map((sample) => sample.resident);
  console.log(
    JSON.stringify({
      door,
      requests,
      seconds: Math.round((performance.now() - started) / 1000),
      highest: Math.round(Math.max(...curve.map((sample) => sample.resident))),
      thirdQuarter: Math.round(median(middle)),
      lastQuarter: Math.round(median(last)),
    }),
  );
} finally {
  server.child.removeAllListeners("exit");
  server.child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
}

import { pythonWith } from "../../test/python-with.ts";
import type { BenchAim, BenchCase, BenchRun } from "../case.ts";
import { makeModel } from "../gateway/gateway-files.ts";

/** Peers that are on this machine; the others are left out. */
const peers = [
  { name: "FastAPI + onnxruntime", kind: "fastapi", python: pythonWith("fastapi", "uvicorn", "onnxruntime"), ahead: 3 },
  { name: "MLServer + onnxruntime", kind: "mlserver", python: pythonWith("mlserver", "onnxruntime"), ahead: 5 },
].filter((peer) => peer.python !== null);

function run(name: string, plan: object): BenchRun {
  return { name, command: ["node", "bench/gateway/measure.ts", JSON.stringify(plan)], measure: "printed" };
}

const all = { check: true, route: true, log: "durable", shadow: 0.1 } as const;
const bare = "limit: bare node:http, micro-batched";
const withPeers = (runs: readonly BenchRun[], plan: object): readonly BenchRun[] => [
  ...runs,
  ...peers.map(({ name, kind, python }) => run(name, { kind, python, ...plan })),
];
const aheadOf = (name: string): readonly BenchAim[] =>
  peers.map((peer) => ({ run: name, than: peer.name, times: 1 / peer.ahead }));

const open = (quantile: number): object => ({ open: { perSecond: 1000, quantile } });

/** Milliseconds of CPU for a thousand requests: microseconds a request. */
export const cases: readonly BenchCase[] = [
  {
    name: "gateway: one row, 200 trees, CPU of 1,000 requests",
    budget:
      "all on: contract check, cohort routing, durable log, a shadow on 10% of the units; within 3 x bare, ahead of FastAPI by 3 x, of MLServer by 5 x",
    prepare: makeModel,
    repeats: 3,
    runs: withPeers(
      [
        run(bare, { kind: "bare" }),
        run("umpire gateway, all on", { kind: "gateway", features: all }),
        run("umpire gateway, all on, shadow on everyone", { kind: "gateway", features: { ...all, shadow: 1 } }),
      ],
      { requests: 5000 },
    ),
    aims: [{ run: "umpire gateway, all on", than: bare, times: 3 }, ...aheadOf("umpire gateway, all on")],
  },
  {
    name: "gateway: what each feature costs, CPU of 1,000 requests",
    budget: "each alone over the plain gateway, whose log is early",
    prepare: makeModel,
    repeats: 3,
    runs: [
      run("plain", { kind: "gateway", features: {} }),
      run("contract check", { kind: "gateway", features: { check: true } }),
      run("cohort routing", { kind: "gateway", features: { route: true } }),
      run("written log", { kind: "gateway", features: { log: "written" } }),
      run("durable log", { kind: "gateway", features: { log: "durable" } }),
      run("shadow on 10%", { kind: "gateway", features: { shadow: 0.1 } }),
      run("shadow on everyone", { kind: "gateway", features: { shadow: 1 } }),
    ],
    aims: [],
  },
  {
    name: "gateway: other ways in and out, CPU of 1,000 requests",
    budget: "all on; 32 rows a request, a model behind HTTP, gRPC",
    prepare: makeModel,
    repeats: 3,
    runs: withPeers(
      [
        run("limit: bare, 32 rows", { kind: "bare", rows: 32, requests: 5000 }),
        run("umpire gateway, 32 rows", { kind: "gateway", features: all, rows: 32, requests: 5000 }),
        run("umpire gateway, remote model", { kind: "gateway", features: all, remote: true, requests: 5000 }),
        run("umpire gateway, gRPC", { kind: "gateway", features: all, grpc: true, requests: 10_000 }),
      ],
      { rows: 32, requests: 2000 },
    ),
    aims: aheadOf("umpire gateway, 32 rows").map((aim) => ({ ...aim, times: 1 })),
  },
  {
    name: "gateway: one row, latency at 1,000 requests a second",
    budget: "open load, sent whether or not the ones before are answered; a durable answer waits for the disk",
    prepare: makeModel,
    repeats: 3,
    runs: [
      run("limit: bare, p50", { kind: "bare", ...open(0.5) }),
      run("limit: bare, p99", { kind: "bare", ...open(0.99) }),
      run("all on but log written, p50", { kind: "gateway", features: { ...all, log: "written" }, ...open(0.5) }),
      run("all on but log written, p99", { kind: "gateway", features: { ...all, log: "written" }, ...open(0.99) }),
      run("all on, durable, p50", { kind: "gateway", features: all, ...open(0.5) }),
      run("all on, durable, p99", { kind: "gateway", features: all, ...open(0.99) }),
    ],
    aims: [],
  },
];

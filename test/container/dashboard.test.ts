import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createModel } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startGateway } from "../gateway/running-gateway.ts";

interface Dashboard {
  readonly panels: readonly {
    readonly title: string;
    readonly targets: readonly { readonly expr: string; readonly legendFormat: string }[];
  }[];
}

function hasPrometheus(): boolean {
  try {
    execFileSync("prometheus", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" ? address!.port : 0));
    });
  });
}

const file = new URL("../../deploy/grafana/dashboards/umpire.json", import.meta.url);
const dashboard = JSON.parse(readFileSync(file, "utf8")) as Dashboard;

test("every metric that the dashboard asks for is one that the gateway exposes", async () => {
  const gateway = await startGateway("gateway: { models: { m: { versions: { v1: { constant: 1 } } } } }\n");
  try {
    const text = await (await fetch(`${gateway.url}/metrics`)).text();
    const exposed = new Set([...text.matchAll(/^# TYPE (\S+) /gm)].map((match) => match[1]));
    for (const { targets } of dashboard.panels) {
      for (const { expr } of targets) {
        for (const [name] of expr.matchAll(/\b(?:umpire|process|nodejs)_\w+/g)) {
          expect(exposed, name).toContain(name.replace(/_bucket$/, ""));
        }
      }
    }
  } finally {
    await gateway.stop();
  }
});

test.skipIf(!hasPrometheus())(
  "a real Prometheus answers every query of the dashboard with values (skips without prometheus)",
  { timeout: 90_000 },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "umpire-prometheus-"));
    // Answers while it is asked what it is, and never again.
    const model = createModel((request, response) => {
      request.resume();
      request.on("end", () => response.end('{"predictions":[1]}'));
    });
    const modelPort = await new Promise<number>((resolve) => {
      model.listen(0, "127.0.0.1", () => {
        const address = model.address();
        resolve(typeof address === "object" ? address!.port : 0);
      });
    });
    const gateway = await startGateway(`gateway:
  log: { rotate: false }
  models:
    m:
      columns: { item: item }
      versions:
        v1: { url: "http://127.0.0.1:${modelPort}/p", request: "records[]", response: "predictions[]", protocol: json }
        v2: { constant: 1 }
      fallback: [v2]
      shadow: { v2: 1 }
`);
    model.closeAllConnections();
    await new Promise((resolve) => model.close(resolve));
    const port = await freePort();
    const target = new URL(gateway.url).host;
    writeFileSync(
      join(folder, "prometheus.yml"),
      `global: { scrape_interval: 1s }\nscrape_configs: [{ job_name: umpire, static_configs: [{ targets: ["${target}"] }] }]\n`,
    );
    const server = spawn(
      "prometheus",
      [
        `--config.file=${join(folder, "prometheus.yml")}`,
        `--storage.tsdb.path=${join(folder, "data")}`,
        `--web.listen-address=127.0.0.1:${port}`,
      ],
      { stdio: "ignore" },
    );
    const query = async (text: string): Promise<{ status: string; values: number[] }> => {
      const url = `http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(text)}`;
      const answer = (await (await fetch(url)).json()) as {
        readonly status: string;
        readonly data?: { readonly result: readonly { readonly value: readonly [number, string] }[] };
      };
      return { status: answer.status, values: (answer.data?.result ?? []).map(({ value }) => Number(value[1])) };
    };
    /** What has a value in this test; the rest is only held to be a query that Prometheus understands. */
    const quiet = /rejected|shed|labels|overrides|invalid/;
    try {
      await gateway.post("/v1/models/m/predict", { record: { x: 1 } });
      for (let second = 0; second < 8; second++) {
        for (let i = 0; i < 10; i++) await gateway.post("/v1/models/m/predict", { record: { x: i } });
        await new Promise((resolve) => setTimeout(resolve, 1000));
      }
      for (const { title, targets } of dashboard.panels) {
        for (const { expr } of targets) {
          const { status, values } = await query(expr);
          expect(status, `${title}: ${expr}`).toBe("success");
          if (!quiet.test(expr)) expect(values.length, `${title}: ${expr}`).toBeGreaterThan(0);
          for (const value of values) expect(value, `${title}: ${expr}`).toBeGreaterThanOrEqual(0);
        }
      }
      const fallbacks = await query(dashboard.panels.find(({ title }) => title.includes("fallback"))!.targets[0]!.expr);
      expect(fallbacks.values).toEqual([1]);
    } finally {
      server.kill("SIGKILL");
      await gateway.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  },
);

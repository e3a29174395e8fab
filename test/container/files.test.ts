import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { readGateway } from "../../src/app/serving/read-gateway.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), "utf8");

/** The instructions of a Dockerfile, continued lines joined. */
function instructions(path: string): { readonly word: string; readonly rest: string }[] {
  return read(path)
    .replace(/^#.*\n/gm, "")
    .replace(/\\\n\s*/g, "")
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => {
      const [word = "", ...rest] = line.split(" ");
      return { word, rest: rest.join(" ") };
    });
}

test("the image runs as no root, says whether it is well, ends on SIGTERM, and pins what it is built from", () => {
  const all = instructions("Dockerfile");
  const last = all.slice(all.map(({ word }) => word).lastIndexOf("FROM"));
  const of = (word: string): string[] => last.filter((line) => line.word === word).map((line) => line.rest);
  expect(of("USER")).toEqual(["1000"]);
  expect(of("HEALTHCHECK")).toHaveLength(1);
  expect(of("STOPSIGNAL")).toEqual(["SIGTERM"]);
  expect(of("VOLUME")).toEqual(["/data"]);
  // In its exec form, so that no shell stands between the signal and the process.
  expect(of("ENTRYPOINT")[0]).toMatch(/^\["node"/);
  expect(of("CMD")[0]).toMatch(/^\["gateway"/);
  for (const { word, rest } of all) if (word === "FROM") expect(rest).toMatch(/:\d+\.\d+\.\d+/);
  expect(of("COPY").every((rest) => rest.startsWith("--from=build"))).toBe(true);
});

test("all that the image copies is there, and let through by .dockerignore", () => {
  const ignored = read(".dockerignore").split("\n");
  expect(ignored).toContain("*");
  for (const { word, rest } of instructions("Dockerfile")) {
    if (word !== "COPY" || rest.startsWith("--from")) continue;
    for (const path of rest.split(" ").slice(0, -1)) {
      expect(existsSync(join(root, path)), path).toBe(true);
      expect(ignored, path).toContain(`!${path}`);
    }
  }
});

interface Service {
  readonly read_only?: boolean;
  readonly cap_drop: readonly string[];
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly image?: string;
  readonly build?: string;
  readonly depends_on?: Readonly<Record<string, unknown>> | readonly string[];
}

test("compose starts gateway, model server, Prometheus and Grafana, with files that exist, open to this machine only", () => {
  const compose = parse(read("compose.yaml")) as {
    readonly services: Readonly<Record<string, Service>>;
    readonly volumes: Readonly<Record<string, unknown>>;
  };
  expect(Object.keys(compose.services).sort()).toEqual(["gateway", "grafana", "model-server", "prometheus"]);
  for (const [name, service] of Object.entries(compose.services)) {
    expect(service.cap_drop, name).toEqual(["ALL"]);
    for (const port of service.ports ?? []) expect(port, name).toMatch(/^127\.0\.0\.1:/);
    if (service.image !== undefined) expect(service.image, name).toMatch(/:v?\d+\.\d+\.\d+$/);
    if (service.build !== undefined) expect(existsSync(join(root, service.build, "Dockerfile")), name).toBe(true);
    for (const volume of service.volumes ?? []) {
      const [from = ""] = volume.split(":");
      if (from.startsWith("./")) expect(existsSync(join(root, from)), volume).toBe(true);
      else expect(Object.keys(compose.volumes), volume).toContain(from);
    }
  }
  expect(compose.services["gateway"]!.read_only).toBe(true);
});

test("the gateway's file of the compose is read, asks for keys, and falls back", async () => {
  const settings = await readGateway("deploy/umpire.yaml", root, join(root, ".umpire"), {});
  expect(settings.keys).toHaveLength(1);
  expect(settings.config.models[0]!.routing.fallback).toEqual(["rule"]);
  const scrape = parse(read("deploy/prometheus.yml")) as {
    readonly scrape_configs: readonly { readonly authorization: { readonly credentials: string } }[];
  };
  const { KeyRing } = await import("../../src/entrypoints/gateway/key-ring.ts");
  const key = scrape.scrape_configs[0]!.authorization.credentials;
  expect(new KeyRing(settings.keys).allows({ authorization: `Bearer ${key}` }, "viewer")).toBe(true);
});

const folders = [
  ...(process.env["UMPIRE_TEST_PYTHON"] ?? "").split(delimiter).map(dirname),
  ...process.env["PATH"]!.split(delimiter),
];
const linter = folders.map((folder) => join(folder, "hadolint")).find((path) => existsSync(path));

test.skipIf(linter === undefined)("hadolint has nothing to say (skips without it)", () => {
  const files = ["Dockerfile", "deploy/model-server/Dockerfile"].map((file) => join(root, file));
  expect(execFileSync(linter!, files, { encoding: "utf8" })).toBe("");
});

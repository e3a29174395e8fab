import { execFileSync, spawn } from "node:child_process";
import {
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "..");

interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

/** Only what package.json names as dependency: an import of anything else fails as it would for a user. */
function linkDependencies(modules: string): void {
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    readonly dependencies: Readonly<Record<string, string>>;
    readonly optionalDependencies: Readonly<Record<string, string>>;
  };
  for (const name of Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies })) {
    const target = join(root, "node_modules", name);
    if (!existsSync(target)) continue;
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(target, join(modules, name));
  }
}

describe("the package that npm publishes", () => {
  let folder: string;
  let installed: string;
  let files: readonly string[];

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "umpire-package-"));
    const printed = execFileSync("npm", ["pack", "--json", "--silent", "--pack-destination", folder], { cwd: root });
    const [packed] = JSON.parse(printed.toString().replace(/^[\s\S]*?(?=\[\s*\{)/, "")) as [Packed];
    files = packed.files.map((file) => file.path);
    const modules = join(folder, "node_modules");
    installed = join(modules, "umpire");
    mkdirSync(installed, { recursive: true });
    execFileSync("tar", ["-xzf", join(folder, packed.filename), "-C", installed, "--strip-components=1"]);
    linkDependencies(modules);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const umpire = (...args: readonly string[]): string =>
    execFileSync(process.execPath, [join(installed, "bin/umpire.cjs"), ...args], { cwd: folder }).toString();

  it("holds the launcher, the bundle, the licence and the example, and neither sources nor tests", () => {
    for (const path of ["bin/umpire.cjs", "dist/cli/main.js", "LICENSE", "README.md", "examples/flights/umpire.yaml"]) {
      expect(files).toContain(path);
    }
    expect(files.filter((path) => /^(src|test|scripts|web|bench)\/|\.test\.|\.py$/.test(path))).toEqual([]);
  });

  it("has nothing that publint complains about", async () => {
    const { messages, pkg } = await publint({ pkgDir: installed, pack: false, strict: true });
    expect(messages.map((message) => formatMessage(message, pkg ?? {}))).toEqual([]);
  });

  it("judges: every engine that is loaded late is found", () => {
    const rows = Array.from(
      { length: 200 },
      (_, i) => `u${i},${i % 2},${((i * 37) % 200) / 200},${(i % 2) * 0.5 + ((i * 37) % 100) / 200}`,
    );
    writeFileSync(join(folder, "rows.csv"), ["user,hit,old,new", ...rows].join("\n"));
    const policy = `task: binary
data: { test: rows.csv }
columns: { label: hit, unit: user }
models: { champion: { column: old }, challenger: { column: new } }
`;
    writeFileSync(join(folder, "umpire.yaml"), policy);
    const verdict = JSON.parse(umpire("judge", "--json")) as { readonly decision: string };
    expect(verdict.decision).toBe("pass");
    const reports = globSync(".umpire/*/report.html", { cwd: folder });
    expect(reports).toHaveLength(1);
    expect(readFileSync(join(folder, reports[0] ?? ""), "utf8")).toContain("<script");
  });

  it("starts everything and serves a model of the example", async () => {
    const policy = join(installed, "examples/flights/umpire.yaml");
    const ports = ["--server-port", "0", "--gateway-port", "0"];
    const args = [join(installed, "bin/umpire.cjs"), "up", "--policy", policy, ...ports, "--json"];
    const up = spawn(process.execPath, args, { cwd: folder, stdio: ["ignore", "pipe", "ignore"] });
    try {
      let text = "";
      for await (const part of up.stdout) {
        text += String(part);
        if (text.trimEnd().endsWith("}")) break;
      }
      const { server, gateway } = JSON.parse(text) as { readonly server: string; readonly gateway: string };
      const model = join(installed, "examples/flights/models/champion.onnx");
      umpire("models", "register", "late-flights", "--onnx", model, "--server", server);
      umpire("models", "alias", "late-flights", "champion", "1", "--server", server);
      const description = (await (await fetch(`${server}/openapi.json`)).json()) as { readonly openapi: string };
      expect(description.openapi).toBe("3.1.0");
      let status = 0;
      for (let i = 0; i < 200 && status !== 200; i++) {
        ({ status } = await fetch(`${gateway}/v2/models/late-flights/ready`));
        await new Promise((settle) => setTimeout(settle, 25));
      }
      expect(status).toBe(200);
      const look = await fetch(`${server}/v1/models/late-flights/look`, { method: "POST" });
      expect(await look.json()).toMatchObject({ problem: "no predictions yet" });
    } finally {
      const ended = new Promise((settle) => up.once("exit", settle));
      up.kill("SIGTERM");
      expect(await ended).toBe(0);
    }
  });

  it("says its version and its commands without a checkout", () => {
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { readonly version: string };
    expect(umpire("--version")).toBe(`${version}\n`);
    expect(umpire("--help")).toContain("Usage: umpire");
  });
});

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, describe, expect, it } from "vitest";

const script = resolve(import.meta.dirname, "../../bin/umpire.cjs");
const folders: string[] = [];
const running: ChildProcess[] = [];

afterEach(() => {
  for (const child of running.splice(0)) child.kill("SIGKILL");
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

interface Up {
  readonly child: ChildProcess;
  readonly server: string;
  readonly gateway: string;
  readonly folder: string;
  /** Everything that it said on standard error. */
  readonly said: () => string;
}

function up(folder: string): Promise<Up> {
  const args = [script, "up", "--server-port", "0", "--gateway-port", "0", "--json"];
  const child = spawn(process.execPath, args, { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  running.push(child);
  let text = "";
  let said = "";
  child.stderr.on("data", (part) => {
    said += String(part);
  });
  return new Promise((settle, fail) => {
    child.once("exit", (code) => fail(new Error(`up ended with ${code}: ${said}`)));
    child.stdout.on("data", (part) => {
      text += String(part);
      try {
        const { server, gateway } = JSON.parse(text) as { server: string; gateway: string };
        settle({ child, server, gateway, folder, said: () => said });
      } catch {
        // Not all of it is here yet.
      }
    });
  });
}

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "umpire-up-"));
  folders.push(folder);
  return folder;
}

async function umpire(one: Up, ...args: string[]): Promise<number | null> {
  const environment = { ...process.env, UMPIRE_SERVER: one.server };
  const child = spawn(process.execPath, [script, ...args], { env: environment, stdio: "ignore" });
  return new Promise((settle) => child.once("exit", settle));
}

async function answer(one: Up): Promise<unknown> {
  const body = JSON.stringify({ records: [{ x: 1 }] });
  try {
    const response = await fetch(`${one.gateway}/v1/models/m/predict`, { method: "POST", body });
    return ((await response.json()) as { predictions?: { prediction: number }[] }).predictions?.[0]?.prediction;
  } catch {
    return "no answer";
  }
}

async function until(look: () => Promise<boolean>): Promise<void> {
  const started = Date.now();
  while (!(await look())) {
    if (Date.now() - started > 30_000) throw new Error("it took too long");
    await new Promise((settle) => setTimeout(settle, 30));
  }
}

/** The process that holds the server's state. */
function serverProcess(one: Up): number {
  const text = readFileSync(join(one.folder, ".umpire", "server", "owner.txt"), "utf8");
  return Number(/process (\d+)/.exec(text)?.[1]);
}

describe("umpire up", () => {
  it("serves what is registered, starts the server again when it is killed, and ends when it is asked to", async () => {
    const one = await up(newFolder());
    expect(await umpire(one, "models", "register", "m", "--constant", "0.25")).toBe(0);
    expect(await umpire(one, "models", "alias", "m", "champion", "1")).toBe(0);
    await until(async () => (await answer(one)) === 0.25);
    const first = serverProcess(one);
    process.kill(first, "SIGKILL");
    expect(await answer(one)).toBe(0.25);
    await until(async () => (await umpire(one, "status")) === 0);
    expect(serverProcess(one)).not.toBe(first);
    expect(one.said()).toContain("the server ended unasked (SIGKILL); it starts again");
    const ended = new Promise((settle) => one.child.once("exit", settle));
    one.child.kill("SIGTERM");
    expect(await ended).toBe(0);
    expect(await answer(one)).toBe("no answer");
  });

  it("leaves nothing behind when it is killed itself, and has everything again when it is started again", async () => {
    const folder = newFolder();
    const one = await up(folder);
    await umpire(one, "models", "register", "m", "--constant", "0.25");
    await umpire(one, "models", "alias", "m", "champion", "1");
    await until(async () => (await answer(one)) === 0.25);
    one.child.kill("SIGKILL");
    await until(async () => (await answer(one)) === "no answer");
    let again: Up | null = null;
    await until(async () => {
      again = await up(folder).catch(() => null);
      return again !== null;
    });
    await until(async () => again !== null && (await answer(again)) === 0.25);
    expect(await umpire(again ?? one, "audit", "verify")).toBe(0);
  });
});

describe("umpire up where it cannot start", () => {
  it("names the port that is taken, and the state that another one has, and leaves nothing running", async () => {
    const other = createServer();
    await new Promise<void>((settle) => other.listen(0, "127.0.0.1", settle));
    const taken = String((other.address() as { readonly port: number }).port);
    const start = (
      ports: readonly [string, string],
      folder: string,
    ): Promise<{ code: number | null; said: string }> => {
      const args = [script, "up", "--server-port", ports[0], "--gateway-port", ports[1]];
      const child = spawn(process.execPath, args, { cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
      running.push(child);
      let said = "";
      child.stderr.on("data", (part) => {
        said += String(part);
      });
      // Closed only when none of its processes holds the stream any more.
      return new Promise((settle) => child.once("close", (code) => settle({ code, said })));
    };
    for (const ports of [
      [taken, "0"],
      ["0", taken],
    ] as const) {
      const { code, said } = await start(ports, newFolder());
      expect(said).toContain(`port ${taken} of 127.0.0.1 is taken`);
      expect(said).not.toMatch(/bug of ours|\bat .*\.ts:/);
      expect(code).toBe(2);
    }
    other.close();
    const first = await up(newFolder());
    const second = await start(["0", "0"], first.folder);
    expect(second.said).toContain("another Umpire works on this state folder");
    expect(second.code).toBe(2);
  });
});

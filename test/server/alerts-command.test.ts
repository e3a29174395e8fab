import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runServer, type RunningServer } from "../../src/entrypoints/api/run-server.ts";
import { folderWith, umpire } from "../acceptance/command-line.ts";

const folder = folderWith({
  "umpire.yaml": `model: films
task: binary
data: { test: test.csv }
columns: { label: y }
models: { champion: { column: a }, challenger: { column: b } }
alerts:
  channels:
    pager: { command: [sh, -c, "echo no network >&2; exit 4"] }
    chat: { command: [cat] }
  routes: [{ from: error, to: [pager, chat] }]
  otherwise: [chat]
`,
  "test.csv": "y,a,b\n1,.2,.3\n0,.1,.4\n",
});
const by = { name: "monitors", role: "system" };
let server: RunningServer;

beforeAll(async () => {
  server = await runServer({
    folder: join(folder, "state"),
    predictions: join(folder, "predictions"),
    host: "127.0.0.1",
    port: 0,
    log: null,
    watch: { policies: ["umpire.yaml"], log: null, workingDirectory: folder },
    tell: () => undefined,
    onBug: (error) => console.error(error),
  });
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

describe("umpire alerts", () => {
  const run = (...args: string[]) =>
    umpire(["alerts", ...args], folder, { UMPIRE_SERVER: server.address, UMPIRE_KEY: "" });
  const signal = (key: string, severity: "warning" | "error", model = "films") =>
    server.watch.alerts.signal(by, [
      { key, severity, model, owner: null, message: `${key} moved`, actions: [`umpire drift ${key}`], lasts: true },
    ]);

  it("says that nothing fires; then what does, worst first, to whom it goes and which channel does not answer", async () => {
    expect(await run()).toMatchObject({ code: 0, stdout: " ✓ no alarm\n" });
    await signal("drift:films/old", "error");
    await signal("drift:films/new", "warning");
    await server.watch.alerts.sweep(new AbortController().signal);
    const { code, stdout } = await run();
    expect(code).toBe(1);
    const said = stdout.replaceAll(/\s+/g, " ");
    expect(said).toMatch(
      /✗ films drift:films\/old moved error, firing .*; goes to films\/pager, films\/chat key drift/,
    );
    expect(said.indexOf("films/old moved")).toBeLessThan(said.indexOf("films/new moved"));
    expect(said).toMatch(/! channel films\/pager 1 notice waits: .* exit code 4 no network; tried once, again at/);
    expect(said).not.toContain("channel films/chat");
    const document = JSON.parse((await run("--json")).stdout) as { waiting: object[] };
    expect(document.waiting).toMatchObject([{ channel: "films/pager", notices: 1, attempts: 1 }]);
  });

  it("silences for a while and ends, by the key as it is printed", async () => {
    expect((await run("snooze", "drift:films/new", "2h")).stdout.replaceAll(/\s+/g, " ")).toMatch(/silent until/);
    expect(await run("resolve", "drift:films/new")).toMatchObject({ code: 0, stdout: expect.stringContaining("over") });
    expect((await run()).stdout).not.toContain("films/new");
    expect((await run("--all")).stdout).toContain("films/new");
  });

  it.each([
    [["snooze", "drift:films/ol", "2h"], /there is no alarm "drift:films\/ol"\n +nearest: drift:films\/old/],
    [["snooze", "drift:films/new", "2h"], /the alarm "drift:films\/new" is over: there is nothing to silence/],
    [["snooze", "drift:films/old", "soon"], /"soon" is no span of time\n +a number and a unit: 90m/],
    [["snooze", "drift:films/old", "31d"], /"31d" is more than 30 days/],
    [["snooze", "drift:films/old", "0m"], /"0m"/],
    [["snooze", "drift:films/old"], /missing required argument 'span'/],
    [["snoze", "drift:films/old"], /there is no "umpire alerts snoze"\n +nearest: snooze/],
  ])("refuses %j and says what to write", async (args, said) => {
    expect(await run(...args)).toMatchObject({ code: 2, stderr: expect.stringMatching(said) });
  });
});

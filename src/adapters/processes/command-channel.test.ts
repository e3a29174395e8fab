import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, vi } from "vitest";
import { raise, type Notice } from "../../core/alerts/alert.ts";
import { createCommandChannel } from "./command-channel.ts";

const { notice } = raise(
  null,
  { key: "k", severity: "error", model: "films; rm -rf /", owner: null, message: "$(touch pwned)", actions: [] },
  0,
  { repeatAfter: 1, quietAfter: 1 },
) as { notice: Notice };
const never = new AbortController().signal;

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});
function newFolder(): string {
  folders.push(mkdtempSync(join(tmpdir(), "umpire-channel-")));
  return folders.at(-1)!;
}

/** What has ended may stay in the table of processes until its parent asks for it. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !existsSync("/proc/self") || !readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ");
  } catch {
    return false;
  }
}

describe("the command channel", () => {
  it("gives the document on standard input, and runs nothing that stands in it", async () => {
    const folder = newFolder();
    await createCommandChannel(["tee", "got.json"], folder).send("n1", notice, never);
    expect(JSON.parse(readFileSync(join(folder, "got.json"), "utf8"))).toMatchObject({ id: "n1" });
    expect(() => readFileSync(join(folder, "pwned"))).toThrow(/ENOENT/);
  });

  it("fails with the command's own words", async () => {
    const send = createCommandChannel(["node", "-e", "console.error('pager is off');process.exit(3)"], tmpdir());
    await expect(send.send("n1", notice, never)).rejects.toMatchObject({
      code: "CHANNEL",
      message: expect.stringMatching(/exit code 3 pager is off/),
    });
  });

  it("fails where the program does not exist", async () => {
    const send = createCommandChannel(["no-such-program-here"], tmpdir()).send("n1", notice, never);
    await expect(send).rejects.toMatchObject({ code: "CHANNEL" });
  });

  it("ends what hangs, with what it started, and says so", async () => {
    const folder = newFolder();
    const hang = "trap '' TERM; sleep 600 & echo $! > child; wait; wait";
    const send = createCommandChannel(["sh", "-c", hang], folder, 500).send("n1", notice, never);
    await expect(send).rejects.toMatchObject({ message: expect.stringContaining("it did not end within 0.5 s") });
    const child = Number(readFileSync(join(folder, "child"), "utf8"));
    await vi.waitFor(() => expect(isRunning(child)).toBe(false));
  });

  it("waits for no program that the command leaves running, takes much output, and says what ended it", async () => {
    await createCommandChannel(["sh", "-c", "sleep 5 & exit 0"], tmpdir()).send("n1", notice, never);
    const loud = "process.stdout.write('x'.repeat(1e7));process.stderr.write('y'.repeat(1e6));process.exitCode=2";
    const send = (command: string[]) => createCommandChannel(command, tmpdir()).send("n1", notice, never);
    const failure = await send(["node", "-e", loud]).catch((error: Error) => error.message);
    expect(failure).toMatch(/exit code 2 y+$/);
    expect(failure!.length).toBeLessThan(600);
    await expect(send(["sh", "-c", "kill -9 $$"])).rejects.toMatchObject({
      message: expect.stringContaining("it was ended by SIGKILL"),
    });
  });

  it("gives no key of the server to the command", async () => {
    const folder = newFolder();
    vi.stubEnv("UMPIRE_KEY", "secret-of-the-server");
    vi.stubEnv("PAGER_TOKEN", "for-the-command");
    await createCommandChannel(["sh", "-c", "env > variables"], folder).send("n1", notice, never);
    vi.unstubAllEnvs();
    const variables = readFileSync(join(folder, "variables"), "utf8");
    expect(variables).toContain("for-the-command");
    expect(variables).not.toContain("secret-of-the-server");
  });
});

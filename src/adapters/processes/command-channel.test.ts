import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { raise, type Notice } from "../../core/alerts/alert.ts";
import { createCommandChannel } from "./command-channel.ts";

const { notice } = raise(
  null,
  { key: "k", severity: "error", model: "films; rm -rf /", owner: null, message: "$(touch pwned)", actions: [] },
  0,
  { repeatAfter: 1, quietAfter: 1 },
) as { notice: Notice };
const never = new AbortController().signal;

describe("the command channel", () => {
  it("gives the document on standard input, and runs nothing that stands in it", async () => {
    const folder = mkdtempSync(join(tmpdir(), "umpire-"));
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
});

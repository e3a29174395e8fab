import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createOutputFolder } from "./output-folder.ts";

describe("the output folder", () => {
  it("writes all files, in folders that it makes, and leaves nothing else", async () => {
    const folder = join(mkdtempSync(join(tmpdir(), "umpire-")), "a", "b");
    await createOutputFolder(folder).write(
      new Map<string, string | Uint8Array>([
        ["verdict.json", "{}"],
        ["evidence.bin", Uint8Array.of(1, 2)],
      ]),
    );
    expect(readdirSync(folder).sort()).toEqual(["evidence.bin", "verdict.json"]);
    expect([...readFileSync(join(folder, "evidence.bin"))]).toEqual([1, 2]);
  });

  it("keeps what was there and leaves no partial file when it cannot write", async () => {
    const folder = mkdtempSync(join(tmpdir(), "umpire-"));
    writeFileSync(join(folder, "verdict.json"), "old");
    writeFileSync(join(folder, "blocked"), "a file, not a folder");
    const write = createOutputFolder(folder).write(
      new Map([
        ["verdict.json", "new"],
        ["blocked/report.html", "x"],
      ]),
    );
    await expect(write).rejects.toMatchObject({ code: "WRITE" });
    expect(readFileSync(join(folder, "verdict.json"), "utf8")).toBe("old");
    expect(readdirSync(folder).sort()).toEqual(["blocked", "verdict.json"]);
  });

  it.runIf(existsSync("/proc/self"))("says that it cannot write where the system takes no folders", async () => {
    const write = createOutputFolder("/proc/umpire/deep").write(new Map([["verdict.json", "new"]]));
    await expect(write).rejects.toMatchObject({ code: "WRITE", where: "/proc/umpire/deep" });
  });
});

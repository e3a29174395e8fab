import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runServer, type RunningServer } from "../../src/entrypoints/api/run-server.ts";
import { umpire } from "../acceptance/command-line.ts";

const base = mkdtempSync(join(tmpdir(), "umpire-commands-"));
let server: RunningServer;

beforeAll(async () => {
  server = await runServer({
    folder: join(base, "state"),
    predictions: join(base, "predictions"),
    host: "127.0.0.1",
    port: 0,
    log: null,
    tell: () => undefined,
    onBug: (error) => console.error(error),
  });
});
afterAll(async () => {
  await server.stop();
  rmSync(base, { recursive: true });
});

describe("the commands of the registry", () => {
  const run = (...args: string[]) => umpire(args, base, { UMPIRE_SERVER: server.address, UMPIRE_KEY: "" });

  it("take a model from its data to what was live when, and say what is nearest to what was mistyped", async () => {
    writeFileSync(join(base, "clicks.csv"), "user,hit\n1,0\n2,1\n");
    const data = JSON.parse((await run("datasets", "register", "clicks", "clicks.csv", "--json")).stdout) as {
      fingerprint: string;
      rows: number;
    };
    expect(data).toMatchObject({ rows: 2, fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/) });
    const description = {
      artifact: { kind: "constant", value: 0.2 },
      configuration: { data: [{ name: "clicks", fingerprint: data.fingerprint }], commit: "5d1c2f0" },
    };
    writeFileSync(join(base, "version.json"), JSON.stringify(description));
    expect((await run("models", "set", "ranker", "--task", "binary", "--unit", "user")).stdout).toContain("binary");
    for (const says of ["new", "was there already, the same: nothing was registered"]) {
      const { stdout } = await run("models", "register", "ranker", "--describe", "version.json");
      expect(stdout).toBe(` ✓ ranker 1   ${says}\n`);
    }
    const other = await run("models", "register", "ranker", "--constant", "0.3", "--version", "1");
    expect(other.code).toBe(2);
    expect(other.stderr).toMatch(/registered with another artifact[^]*give the new one another name/);
    await run("models", "alias", "ranker", "champion", "1");
    const shadowing = await run("models", "alias", "ranker", "1", "1");
    expect(shadowing.code).toBe(2);
    expect(shadowing.stderr).toMatch(/"1" is the name of a version[^]*umpire models alias ranker candidate 1/);
    expect((await run("models", "alias", "ranker", "7", "1")).stderr).toContain('"7" is a number');
    await run("models", "alias", "ranker", "best", "1");
    const taken = await run("models", "register", "ranker", "--constant", "0.4", "--version", "best");
    expect(taken.code).toBe(2);
    expect(taken.stderr).toContain('"best" is an alias of "ranker" that stands for version 1');
    await run("models", "alias", "ranker", "best", "--remove");
    const later = await run("models", "live-at", "ranker", "2999-01-01");
    expect(later.stderr).toContain("has not come yet: this is what is live now");
    writeFileSync(join(base, "card.md"), "# Ranker\n");
    await run("models", "attach", "ranker", "champion", "card", "card.md");
    expect((await run("models", "attachment", "ranker", "1", "card")).stdout).toBe("# Ranker\n");
    expect((await run("models", "history", "ranker")).stdout).toMatch(/1 for everyone .*the first champion/);
    const lineage = await run("models", "lineage", "ranker/champion");
    expect(lineage.stdout).toContain(`dataset:clicks@${data.fingerprint}`);
    const typo = await run("models", "live-at", "ranker", "--cohort", "night");
    expect(typo).toMatchObject({ code: 0, stderr: expect.stringContaining("answered as everyone") });
    // What is not given stays as it was.
    const changed = JSON.parse((await run("models", "set", "ranker", "--owner", "ada", "--json")).stdout) as object;
    expect(changed).toMatchObject({ owner: "ada", task: "binary", columns: { unit: "user" } });
  });

  it("print the whole trail where all of it is asked for", async () => {
    await server.plane.store.change({ name: "test", role: "admin" }, async (state) => {
      for (let i = 0; i < 2300; i++) await state.put({ kind: "note", id: `n${i}`, body: i, action: "note.put" });
    });
    const { entries } = JSON.parse((await run("audit", "list", "--all", "--json")).stdout) as {
      entries: { sequence: number }[];
    };
    const sequences = entries.map(({ sequence }) => sequence);
    expect(sequences).toEqual(Array.from({ length: sequences.length }, (_, i) => sequences.length - i));
    expect(sequences.length).toBeGreaterThan(2300);
  });

  it("end with 2 and a mend where something does not fit", async () => {
    for (const [args, says] of [
      [["models"], "one of: list, show, lineage"],
      [["models", "lst"], "nearest: list"],
      [["models", "show", "rankr"], "nearest: ranker"],
      [["models", "live-at", "ranker", "yesterday"], "2026-11-01"],
      [["models", "set", "ranker", "--task", "binry"], "nearest: binary"],
      [["models", "lineage", "ranker"], "versions: ranker/1"],
      [["datasets", "register", "clicks"], "umpire datasets register NAME FILE"],
      [["datasets", "register", "clicks", "--fingerprint", "1", "--source", "x"], "NAME@FINGERPRINT"],
      [
        ["schedule", "set", "t", "--job", "verify-trail", "--cron", "* * * * *", "--time-zone", "Europe/Berln"],
        "Berlin",
      ],
      [["status", "--jsn"], "nearest: --json"],
    ] as const) {
      const { code, stderr, stdout } = await run(...args);
      expect({ code, stdout }, args.join(" ")).toEqual({ code: 2, stdout: "" });
      expect(stderr, args.join(" ")).toContain(says);
    }
  });
});

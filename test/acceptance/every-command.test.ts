import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Command } from "commander";
import { afterAll, describe, expect, it } from "vitest";
import { commands } from "../../src/entrypoints/cli/commands/index.ts";
import { createContext } from "../../src/entrypoints/cli/context.ts";
import { umpire } from "./command-line.ts";

const base = mkdtempSync(join(tmpdir(), "umpire-every-"));
afterAll(() => rmSync(base, { recursive: true, force: true }));

/** Every command that does something: those without commands below them. */
async function leaves(): Promise<Command[]> {
  const program = new Command("umpire");
  const never = (): Promise<void> => Promise.resolve();
  const context = createContext(base, new AbortController().signal, never, () => undefined);
  for (const entry of commands) (await entry.load()).register(program, context);
  const below = (command: Command): Command[] =>
    command.commands.length === 0 ? [command] : command.commands.flatMap(below);
  return program.commands.flatMap(below);
}

function nameOf(command: Command): string {
  return command.parent === null || command.parent.name() === "umpire"
    ? command.name()
    : `${nameOf(command.parent)} ${command.name()}`;
}

function helpOf(command: Command): string {
  let text = "";
  command.configureOutput({ writeOut: (part) => (text += part) });
  command.outputHelp();
  return text;
}

const quiet = { UMPIRE_SERVER: "http://127.0.0.1:1", UMPIRE_KEY: "" };

describe("every command", () => {
  it("has in its help the shared options, and an example whose options it knows", async () => {
    const all = await leaves();
    expect(all.length).toBeGreaterThan(50);
    for (const command of all) {
      const help = helpOf(command);
      const name = nameOf(command);
      for (const option of ["--json", "--out", "--all", "--quiet", "--verbose"]) expect(help, name).toContain(option);
      const examples = [...help.matchAll(/^ {2}umpire (.*)$/gm)].map(([, line = ""]) => line);
      expect(
        examples.some((line) => line.startsWith(name)),
        `${name}: an example of its own`,
      ).toBe(true);
      for (const line of examples.filter((one) => one === name || one.startsWith(`${name} `))) {
        for (const [option] of line.matchAll(/(?<=\s)--[a-z-]+/g)) {
          expect(
            command.options.map((one) => one.long),
            `${name}: ${line}`,
          ).toContain(option);
        }
      }
    }
  });

  it("prints one document and nothing else under --json, also where it cannot do its job", async () => {
    const running = new Set(["demo", "up", "server", "gateway"]);
    const names = (await leaves()).map(nameOf).filter((name) => !running.has(name));
    for (const name of names) {
      const { code, stdout, stderr } = await umpire([...name.split(" "), "--json", "--nonsense"], base, quiet);
      expect(code, `${name}: ${stderr}`).toBe(2);
      expect(JSON.parse(stdout), name).toMatchObject({ schema: "umpire.error/1", code: "USAGE" });
    }
  });
});

describe("the command line", () => {
  const script = resolve(import.meta.dirname, "../../bin/umpire.cjs");

  it("says in a sentence that its output went nowhere, or that its folder is gone", () => {
    writeFileSync(join(base, "rows.csv"), "a,b\n1,2\n2,3\n");
    const full = spawnSync("sh", ["-c", `"$0" "$1" check rows.csv > /dev/full`, process.execPath, script], {
      cwd: base,
    });
    expect(full.stderr.toString()).toBe("umpire: the output could not be written (ENOSPC)\n");
    expect(full.status).toBe(2);
    const gone = spawnSync(
      "sh",
      ["-c", `mkdir gone && cd gone && rmdir ../gone && exec "$0" "$1" status`, process.execPath, script],
      { cwd: base },
    );
    expect(gone.stderr.toString()).toContain("the folder that this was started in is gone");
    expect(gone.status).toBe(2);
  });

  it("ends quietly where nobody reads on, and does not mind what the environment lacks", () => {
    const piped = `"$0" "$1" profile rows.csv 2>errors | head -c 1 > /dev/null; cat errors`;
    expect(execFileSync("bash", ["-c", piped, process.execPath, script], { cwd: base }).toString()).not.toContain(
      "EPIPE",
    );
    for (const environment of [
      { LANG: "C", LC_ALL: "C" },
      { TZ: "America/St_Johns" },
      { TZ: "no/such zone" },
      { HOME: "/nonexistent" },
      { TERM: "dumb" },
    ]) {
      const env: NodeJS.ProcessEnv = { PATH: process.env["PATH"], ...environment };
      const { status, stderr } = spawnSync(process.execPath, [script, "check", "rows.csv"], { cwd: base, env });
      expect(status, `${JSON.stringify(environment)} ${stderr.toString()}`).toBe(0);
    }
  });
});

import { execFileSync, spawn } from "node:child_process";
import {
  chownSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
/** It installs the packages once more, half a minute with a registry near: in CI, and where it is asked for. */
const asked = process.env["CI"] === "true" || process.env["UMPIRE_LONG_TESTS"] === "1";

/** Instructions of the Dockerfile, continued lines joined, in two stages. */
function stages(): string[][] {
  const lines = readFileSync(join(root, "Dockerfile"), "utf8")
    .replace(/^#.*\n/gm, "")
    .replace(/\\\n\s*/g, "")
    .split("\n")
    .filter((line) => line.trim() !== "");
  const second = lines.findLastIndex((line) => line.startsWith("FROM"));
  return [lines.slice(0, second), lines.slice(second)];
}

/** Runs COPY and RUN in a folder that stands for the image's root, as far as that goes without a container. */
function perform(stage: readonly string[], folder: string, context: string): void {
  let at = folder;
  for (const line of stage) {
    const [word = "", ...words] = line.split(" ");
    if (word === "WORKDIR") {
      at = join(folder, words[0]!);
      mkdirSync(at, { recursive: true });
    } else if (word === "COPY") {
      const from = words.filter((part) => !part.startsWith("--"));
      const to = from.pop()!;
      for (const path of from) {
        const name = to === "./" ? path.split("/").at(-1)! : to;
        cpSync(join(context, path), join(at, name), { recursive: true, verbatimSymlinks: true });
      }
    } else if (word === "RUN" && !line.includes("/data")) {
      execFileSync("bash", ["-ec", words.join(" ")], { cwd: at, stdio: ["ignore", "ignore", "inherit"] });
    }
  }
}

test.skipIf(!asked)(
  "the image's steps, run in an empty folder, make a gateway that starts, is healthy, drains and ends with 0 (skips unless CI=true or UMPIRE_LONG_TESTS=1)",
  { timeout: 600_000 },
  async () => {
    const work = mkdtempSync(join(tmpdir(), "umpire-image-"));
    try {
      const [first, second] = stages();
      perform(first!, join(work, "build"), root);
      perform(second!, join(work, "image"), join(work, "build"));
      const installed = join(work, "image", "umpire");
      expect(readdirSync(installed).sort()).toEqual(["bin", "dist", "node_modules", "package.json", "schemas"]);
      const size = Number(execFileSync("du", ["-sm", installed], { encoding: "utf8" }).split("\t")[0]);
      expect(size).toBeLessThan(350);
      const data = join(work, "data");
      mkdirSync(data);
      writeFileSync(join(data, "umpire.yaml"), "gateway: { models: { m: { versions: { v1: { constant: 1 } } } } }\n");
      const user = process.getuid?.() === 0 ? 1000 : undefined;
      if (user !== undefined) for (const path of [work, data]) chownSync(path, user, user);
      const mode = statSync(join(installed, "package.json")).mode;
      expect(mode & 0o004).toBe(0o004);
      const child = spawn(
        process.execPath,
        [
          join(installed, "bin/umpire.cjs"),
          "gateway",
          "umpire.yaml",
          "--port",
          "0",
          "--grpc-port",
          "0",
          "--json",
          "--out",
          data,
        ],
        { cwd: data, stdio: ["ignore", "pipe", "inherit"], ...(user === undefined ? {} : { uid: user, gid: user }) },
      );
      const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
      const address = await new Promise<string>((resolve, reject) => {
        child.once("exit", (code) => reject(new Error(`ended with ${code}`)));
        child.stdout.on("data", (chunk: Buffer) => {
          const found = /"address":\s*"([^"]+)"/.exec(chunk.toString());
          if (found !== null) resolve(found[1]!);
        });
      });
      const check = stages()[1]!.find((line) => line.startsWith("HEALTHCHECK"))!;
      const [, script] = /CMD \["node", "-e", "(.*)"\]$/.exec(check)!;
      execFileSync(process.execPath, ["-e", script!.replace("http://127.0.0.1:8080", address)]);
      const answer = await fetch(`${address}/v1/models/m/predict`, { method: "POST", body: '{"record":{"x":1}}' });
      expect(await answer.json()).toMatchObject({ prediction: 1 });
      child.kill("SIGTERM");
      expect(await ended).toBe(0);
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  },
);

import { execFileSync, spawn } from "node:child_process";
import { chownSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const command = fileURLToPath(new URL("../../bin/umpire.cjs", import.meta.url));
const models = JSON.parse(
  readFileSync(new URL("../../src/adapters/onnx/models.fixture.json", import.meta.url), "utf8"),
) as { readonly models: Readonly<Record<string, { readonly onnx: string }>> };

/** The user of the image, without any of root's rights, and without a way to get them back. */
const asUser = [
  "setpriv",
  "--reuid",
  "1000",
  "--regid",
  "1000",
  "--clear-groups",
  "--no-new-privs",
  "--bounding-set",
  "-all",
];

/** As the container's engine does it: a root that nobody may write, but for one folder. */
const enclose = `
mount --make-rprivate /
mount --bind "$DATA" "$DATA"
mount --bind / / && mount -o remount,ro,bind /
mount -o remount,rw,bind "$DATA"
cd "$DATA"
if touch /tmp/umpire-may-write 2>/dev/null; then exit 90; fi
exec "$@"`;

function canEnclose(): boolean {
  try {
    execFileSync("unshare", ["-m", ...asUser, "test", "-r", command], { stdio: "ignore" });
    return process.getuid?.() === 0;
  } catch {
    return false;
  }
}

test.skipIf(!canEnclose())(
  "on a read-only root, as user 1000 without capabilities, the gateway answers, logs, drains and ends with 0 (skips unless root, with unshare and setpriv)",
  async () => {
    const data = mkdtempSync(join(tmpdir(), "umpire-read-only-"));
    try {
      writeFileSync(join(data, "pets.onnx"), Buffer.from(models.models["three_classes"]!.onnx, "base64"));
      writeFileSync(
        join(data, "umpire.yaml"),
        "gateway: { models: { pets: { versions: { a: { onnx: pets.onnx }, b: { onnx: pets.onnx } }, champion: a, shadow: { b: 1 } } } }\n",
      );
      for (const path of [data, ...readdirSync(data).map((name) => join(data, name))]) chownSync(path, 1000, 1000);
      const args = ["gateway", "umpire.yaml", "--port", "0", "--grpc-port", "0", "--json", "--out", data];
      const child = spawn(
        "unshare",
        ["-m", "bash", "-ec", enclose, "bash", ...asUser, process.execPath, command, ...args],
        {
          env: { PATH: process.env["PATH"], DATA: data },
          stdio: ["ignore", "pipe", "pipe"],
        },
      );
      let said = "";
      child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
      const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
      const address = await new Promise<string>((resolve, reject) => {
        child.once("exit", (code) => reject(new Error(`ended with ${code}: ${said}`)));
        child.stdout.on("data", (chunk: Buffer) => {
          const found = /"address":\s*"([^"]+)"/.exec(chunk.toString());
          if (found !== null) resolve(found[1]!);
        });
      });
      const body = JSON.stringify({ inputs: [{ name: "x", datatype: "FP32", shape: [1, 3], data: [0.1, 0.2, 0.3] }] });
      const answer = await fetch(`${address}/v2/models/pets/infer`, { method: "POST", body });
      expect(answer.status).toBe(200);
      child.kill("SIGTERM");
      expect(await ended).toBe(0);
      expect(said).not.toMatch(/EROFS|read-only|denied/i);
      const events = readdirSync(join(data, "predictions", "closed"))
        .flatMap((name) =>
          readFileSync(join(data, "predictions", "closed", name), "utf8")
            .trim()
            .split("\n"),
        )
        .map((line) => (JSON.parse(line) as { kind: string }).kind);
      expect(events.sort()).toEqual(["prediction", "shadow"]);
    } finally {
      rmSync(data, { recursive: true, force: true });
    }
  },
);

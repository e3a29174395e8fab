import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { join } from "node:path";
import type { CommandAnswer, LiveSystem } from "../../../app/demo/live-system.ts";
import { Failure } from "../../../core/failures.ts";
import { startMember } from "./process-family.ts";

/**
 * Starts `umpire server` with a policy and `umpire gateway` behind it, each a process of its own on a free port; what they
 * say goes into `live.log` of the folder. They end with this process, however it ends.
 * @throws Failure SERVER where one does not come up
 */
export async function startLive(policy: string, folder: string, workingDirectory: string): Promise<LiveSystem> {
  const log = createWriteStream(join(folder, "live.log"));
  const said = (text: string): void => void log.write(`${text}\n`);
  // Without keys of whoever runs the demo: the server is its own.
  const { UMPIRE_KEY: _, UMPIRE_SERVER: __, ...environment } = process.env;
  const member = (name: string, args: readonly string[]) =>
    startMember(name, args, () => args, { ...environment, npm_lifecycle_event: "" }, said, log);
  const server = member("the server", ["server", "--out", folder, "--port", "0", "--policy", policy]);
  try {
    const address = String((await server.ready)["address"]);
    const gateway = member("the gateway", [
      "gateway",
      "--server",
      address,
      "--out",
      folder,
      "--port",
      "0",
      "--id",
      "demo",
    ]);
    const end = async (): Promise<void> => {
      await gateway.stop();
      await server.stop();
      log.end();
    };
    const door = await gateway.ready.catch(async (error: unknown) => {
      await gateway.stop();
      throw error;
    });
    return {
      server: address,
      gateway: String(door["address"]),
      umpire: (args) => runCommand([...args, "--server", address, "--json"], environment, workingDirectory),
      endGateway: () => gateway.stop(),
      end,
    };
  } catch (cause) {
    await server.stop();
    throw new Failure("SERVER", {
      message: (cause as Error).message,
      mend: [`see ${join(folder, "live.log")}`],
      cause,
    });
  }
}

function runCommand(args: readonly string[], env: NodeJS.ProcessEnv, cwd: string): Promise<CommandAnswer> {
  return new Promise((resolve, reject) => {
    const [script = ""] = process.argv.slice(1);
    const child = spawn(process.execPath, [script, ...args], { cwd, env: { ...env, npm_lifecycle_event: "" } });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    child.on("error", reject);
    child.on("close", (code) =>
      resolve({ code, stderr, document: stdout === "" ? null : (JSON.parse(stdout) as unknown) }),
    );
  });
}

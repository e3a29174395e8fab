import { type ChildProcess, spawn } from "node:child_process";
import { connect } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export interface BenchServer {
  readonly child: ChildProcess;
  readonly port: number;
  readonly grpcPort: number;
}

/** Starts a program that prints its port, and waits until it listens. */
export async function startServer(program: string, args: readonly string[]): Promise<BenchServer> {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
  const server = await new Promise<BenchServer>((resolve, reject) => {
    let seen = "";
    child.once("exit", (code) => reject(new Error(`${args.join(" ")} ended with ${code}`)));
    child.stdout.on("data", (chunk: Buffer) => {
      seen += chunk.toString();
      const port = /^port (\d+)$/m.exec(seen)?.[1] ?? /"address":\s*"[^"]*:(\d+)"/.exec(seen)?.[1];
      const grpcPort = /"grpc":\s*"[^"]*:(\d+)"/.exec(seen)?.[1] ?? "0";
      if (port !== undefined) resolve({ child, port: Number(port), grpcPort: Number(grpcPort) });
    });
  });
  await untilListening(server.port);
  return server;
}

/** Starts `umpire gateway` on free ports, with its files in a folder. */
export function startGateway(file: string, folder: string, grpc: boolean): Promise<BenchServer> {
  const command = fileURLToPath(new URL("../../bin/umpire.cjs", import.meta.url));
  const doors = grpc ? ["--grpc-port", "0"] : [];
  const out = join(folder, ".umpire");
  return startServer(process.execPath, [command, "gateway", file, "--port", "0", "--json", "--out", out, ...doors]);
}

/** A server that printed its port may need a moment more. */
async function untilListening(port: number): Promise<void> {
  for (let i = 0; i < 600; i++) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect({ port, host: "127.0.0.1" });
      socket.once("connect", () => {
        socket.destroy();
        resolve(true);
      });
      socket.once("error", () => resolve(false));
    });
    if (open) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

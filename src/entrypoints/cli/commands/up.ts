import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Command } from "commander";
import { Failure } from "../../../core/failures.ts";
import { type FamilyMember, startMember } from "../api/process-family.ts";
import { type CommandContext, type ExitCode, type SharedOptions, withSharedOptions } from "../context.ts";
import type { Terminal } from "../terminal.ts";
import { stateFolder } from "./server.ts";

interface UpOptions extends SharedOptions {
  readonly state?: string;
  readonly host: string;
  readonly serverPort: string;
  readonly gatewayPort: string;
  readonly trustAddresses?: boolean;
  readonly policy?: readonly string[];
}

export function register(program: Command, context: CommandContext): void {
  const command = program
    .command("up")
    .summary("everything on this machine: server, console and gateway")
    .description(
      "Starts the server (with its console) and a gateway that follows it, each a process of its own, with embedded stores; starts again what dies. Ends with Ctrl-C or SIGTERM, after what is under way was answered.\n\nExit codes: 0 stopped, 2 could not start.",
    )
    .option("--state <dir>", "folder of the server's state; default server in the folder of --out")
    .option("--host <address>", "address to listen on; others than loopback take a key", "127.0.0.1")
    .option("--server-port <n>", "port of server and console; 0 takes a free one", "8181")
    .option("--gateway-port <n>", "port of the gateway; 0 takes a free one", "8080")
    .option("--policy <file...>", "policies of models to watch: monitors, alerts, retrain")
    .option("--trust-addresses", "let registered models lie at private addresses, such as a server on this machine");
  withSharedOptions(command)
    .addHelpText("after", "\nExample:\n  umpire up\n  umpire models register ranker --onnx model.onnx")
    .action(context.action<UpOptions>((terminal, options) => up(terminal, options, context)));
}

async function up(terminal: Terminal, options: UpOptions, context: CommandContext): Promise<ExitCode> {
  const folder = stateFolder(options, context);
  const out = resolve(context.workingDirectory, options.out ?? ".umpire");
  const keyFile = await gatewayKey(folder);
  const members: FamilyMember[] = [];
  try {
    const server = startServer(options, folder, out, terminal);
    members.push(server);
    const { address } = await server.ready;
    const gateway = startGateway(options, out, String(address), keyFile, terminal);
    members.unshift(gateway);
    const { address: door } = await gateway.ready;
    terminal.document({ schema: "umpire.up/1", server: address, gateway: door, state: folder });
    terminal.print(` console and server   ${String(address)}`);
    terminal.print(` gateway              ${String(door)}`);
    terminal.print(` state                ${folder}`);
    terminal.remark(
      " next                 umpire models register NAME --onnx FILE, then umpire models alias NAME champion 1",
    );
    await context.untilInterrupted();
    return 0;
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    const mend = ["the lines above say why; ports are --server-port N and --gateway-port N, 0 takes a free one"];
    throw new Failure("SERVER", { message: (cause as Error).message, mend, cause });
  } finally {
    // The gateway first: what it has to say of its end, it can still say.
    for (const member of members) await member.stop();
  }
}

function startServer(options: UpOptions, folder: string, out: string, terminal: Terminal): FamilyMember {
  const policies = options.policy === undefined ? [] : ["--policy", ...options.policy];
  const own = ["server", "--state", folder, "--out", out, "--host", options.host];
  const args = (port: string): string[] => [...own, "--port", port, ...policies];
  const again = ({ address }: Readonly<Record<string, unknown>>): string[] => args(portOfAddress(address));
  return startMember("the server", args(options.serverPort), again, process.env, (text) => terminal.remark(text));
}

function startGateway(
  options: UpOptions,
  out: string,
  server: string,
  keyFile: string,
  terminal: Terminal,
): FamilyMember {
  const trust = options.trustAddresses === true ? ["--trust-addresses"] : [];
  const own = ["gateway", "--server", server, "--key-file", keyFile, "--id", "up", "--out", out, ...trust];
  const args = (port: string): string[] => [...own, "--host", options.host, "--port", port];
  const again = ({ address }: Readonly<Record<string, unknown>>): string[] => args(portOfAddress(address));
  return startMember("the gateway", args(options.gatewayPort), again, process.env, (text) => terminal.remark(text));
}

/** The same port again after a restart, also where it was a free one. */
function portOfAddress(address: unknown): string {
  return new URL(String(address)).port;
}

/** A new key for the gateway at each start, in a file that only this user reads. */
async function gatewayKey(folder: string): Promise<string> {
  const { openControlPlane } = await import("../../../composition/control-plane.ts");
  const { replaceKey } = await import("../../../app/keys/access-keys.ts");
  const plane = await openControlPlane(folder, `process ${process.pid}, starting up`, () => undefined);
  try {
    const by = { name: "umpire up", role: "system" };
    const { key } = await replaceKey(
      plane.store,
      plane.clock,
      { name: "gateway-of-up", role: "operator", expires: null },
      by,
    );
    const path = join(folder, "gateway.key");
    writeFileSync(path, `${key}\n`, { mode: 0o600 });
    return path;
  } finally {
    await plane.close();
  }
}

import type { Command } from "commander";
import { type SharedOptions, withSharedOptions } from "../context.ts";
import { type ServerAddressOptions, USUAL_SERVER } from "./api-client.ts";

export interface ServerCommandOptions extends SharedOptions, ServerAddressOptions {}

/** Options of every command that talks to a server. */
export function withServerOptions(command: Command): Command {
  command
    .option("--server <url>", `address of the server; default UMPIRE_SERVER, else ${USUAL_SERVER}`)
    .option("--key-file <file>", "file with the key; default the variable UMPIRE_KEY");
  return withSharedOptions(command);
}

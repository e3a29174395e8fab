import type { Command } from "commander";
import type { CommandContext, ExitCode } from "../context.ts";
import { openApi } from "../api/api-client.ts";
import { type ServerCommandOptions, withServerOptions } from "../api/server-options.ts";
import { alignedRows, timeWords } from "../api/table.ts";
import type { Terminal } from "../terminal.ts";
import { type AlertView, printAlert } from "./alerts.ts";

interface StatusView {
  readonly revision: number;
  readonly models: readonly {
    readonly name: string;
    readonly champion: string | null;
    readonly challenger: string | null;
    readonly since: string | null;
    readonly reason: string | null;
    readonly by: string | null;
    readonly cohorts: readonly {
      readonly name: string;
      readonly arms: readonly { version: string; share: number }[];
    }[];
  }[];
  readonly gateways: readonly { id: string; revision: number; agrees: boolean; seen: string; problem: string | null }[];
}

export function register(program: Command, context: CommandContext): void {
  const command = program
    .command("status")
    .summary("what is live, since when, why")
    .description(
      "Prints what is live per model, since when, why, whether the gateways agree, and the alarms that fire.\n\nExit codes: 0 all agrees, 1 a gateway does not, 2 the server cannot be asked.",
    );
  withServerOptions(command)
    .addHelpText("after", "\nExample:\n  umpire status")
    .action(context.action<ServerCommandOptions>((terminal, options) => show(terminal, options, context)));
}

async function show(terminal: Terminal, options: ServerCommandOptions, context: CommandContext): Promise<ExitCode> {
  const api = await openApi(options, context.workingDirectory);
  const status = await api.get<StatusView>("/v1/status");
  const { alerts } = await api.get<{ readonly alerts: readonly AlertView[] }>("/v1/alerts");
  terminal.document({ ...status, alerts });
  if (status.models.length === 0) terminal.print(" no model yet: umpire models register NAME --onnx FILE");
  for (const model of status.models) {
    const live = model.champion === null ? "nothing is live" : `${model.champion} is live`;
    terminal.print(` ${model.name}   ${live}${model.since === null ? "" : ` since ${timeWords(model.since)}`}`);
    if (model.reason !== null) terminal.print(`   why          ${model.reason} (${model.by ?? "unknown"})`);
    for (const cohort of model.cohorts) {
      const arms = cohort.arms.map((arm) => `${arm.version} ${percent(arm.share)}`).join(", ");
      terminal.print(`   ${cohort.name}   ${arms === "" ? "the champion" : arms}`);
    }
    if (model.challenger !== null) terminal.print(`   challenger   ${model.challenger}`);
  }
  const astray = status.gateways.filter((gateway) => !gateway.agrees);
  const rows = status.gateways.map((gateway) => [
    gateway.agrees ? "✓" : "✗",
    `gateway ${gateway.id}`,
    gateway.agrees ? "agrees" : (gateway.problem ?? `is at ${gateway.revision} of ${status.revision}`),
    `seen ${timeWords(gateway.seen)}`,
  ]);
  for (const line of alignedRows(rows)) terminal.print(line);
  for (const alert of alerts) printAlert(terminal, alert);
  return astray.length > 0 ? 1 : 0;
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(3))}%`;
}

import type { CommandContext, ExitCode } from "../context.ts";
import type { Terminal } from "../terminal.ts";
import { loggingOf } from "./gateway-settings.ts";
import { type QuarantineOptions, storeOf } from "./quarantine-options.ts";

export interface CollectOptions extends QuarantineOptions {
  readonly config?: string;
  readonly log?: string;
  readonly model?: string;
}

/** `umpire quarantine collect`: what a gateway refused becomes a run of the quarantine in `folder`. */
export async function collect(terminal: Terminal, options: CollectOptions, context: CommandContext): Promise<ExitCode> {
  const { openEventArchive } = await import("../../../composition/gateway.ts");
  const { collectRefused } = await import("../../../app/quarantine/collect-refused.ts");
  const { log } = await loggingOf(options, context.workingDirectory);
  const result = await collectRefused(
    { model: options.model ?? null, now: Date.now() },
    await openEventArchive(log.folder),
    await storeOf(options, context),
  );
  terminal.document({ schema: "umpire.quarantine-collect/1", ...result });
  const { rows, run, model } = result;
  terminal.print(
    run === null
      ? `Nothing of ${model} was refused since the last collection.`
      : `${rows.toLocaleString("en-US")} refused records of ${model} are in the quarantine as ${run}\n\n next         umpire quarantine show last`,
  );
  return 0;
}

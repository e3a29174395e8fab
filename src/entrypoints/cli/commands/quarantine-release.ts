import { resolve } from "node:path";
import type { QuarantineRun, QuarantineStore } from "../../../app/ports/quarantine-store.ts";
import type { CommandContext, ExitCode } from "../context.ts";
import type { Terminal } from "../terminal.ts";
import { contractOf, findRun, type QuarantineOptions, storeOf, whoOf } from "./quarantine-options.ts";

export async function release(
  terminal: Terminal,
  options: QuarantineOptions,
  wanted: string,
  context: CommandContext,
): Promise<ExitCode> {
  const store = await storeOf(options, context);
  const run = await findRun(store, wanted);
  const [{ releaseRows }, { openReleaseWriter }] = await Promise.all([
    import("../../../app/quarantine/release-rows.ts"),
    import("../../../composition/check-tools.ts"),
  ]);
  const to = resolve(context.workingDirectory, options.to!);
  let result: { released: number; waiting: number };
  if (run.refused) result = await releaseRefused(run, to, options, store, context);
  else
    result = await releaseRows(
      { run, to, asIs: options.asIs ?? false, who: whoOf(options), now: Date.now() },
      store,
      await openReleaseWriter(),
    );
  terminal.document({ schema: "umpire.release/1", run: run.run, to: options.to, ...result });
  const count = result.released.toLocaleString("en-US");
  terminal.print(
    result.released === 0
      ? ` · nothing to release: ${result.waiting.toLocaleString("en-US")} rows wait for mending`
      : ` ✓ ${count} rows released to ${options.to}; ${result.waiting.toLocaleString("en-US")} still wait`,
  );
  return result.released === 0 ? 1 : 0;
}

async function releaseRefused(
  run: QuarantineRun,
  to: string,
  options: QuarantineOptions,
  store: QuarantineStore,
  context: CommandContext,
): Promise<{ released: number; waiting: number }> {
  const [{ releaseFile }, tools, contract] = await Promise.all([
    import("../../../app/quarantine/mend-file.ts"),
    import("../../../composition/check-tools.ts"),
    contractOf(options, context),
  ]);
  const request = { run, contract, who: whoOf(options), now: Date.now(), to };
  return releaseFile(
    request,
    store,
    await tools.openCheckReader(),
    await tools.openAccepted(to, context.workingDirectory),
  );
}

import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { CommandContext, ExitCode } from "../context.ts";
import type { Terminal } from "../terminal.ts";
import { findRun, type QuarantineOptions, storeOf } from "./quarantine-options.ts";

export async function list(terminal: Terminal, options: QuarantineOptions, context: CommandContext): Promise<ExitCode> {
  const store = await storeOf(options, context);
  const { complete, interrupted } = await store.runs();
  const { currentRows, diagnose } = await import("../../../app/quarantine/quarantine-state.ts");
  const { renderQuarantineList } = await import("../render/quarantine-report.ts");
  const diagnosis = await diagnose(store, complete);
  const runs = [];
  for (const run of complete) {
    const rows = run.refused ? [] : await currentRows(store, run.run);
    const states = { waiting: 0, mended: 0, released: 0, dropped: 0 };
    for (const row of rows) states[row.state]++;
    runs.push({ ...run, states });
  }
  terminal.document({ schema: "umpire.quarantine/1", runs, interrupted, diagnosis });
  terminal.print(renderQuarantineList(runs, interrupted, diagnosis, options.all ?? false));
  return 0;
}

export async function show(
  terminal: Terminal,
  options: QuarantineOptions,
  wanted: string,
  context: CommandContext,
): Promise<ExitCode> {
  const store = await storeOf(options, context);
  const run = await findRun(store, wanted);
  const { currentRows } = await import("../../../app/quarantine/quarantine-state.ts");
  const { renderQuarantineRun } = await import("../render/quarantine-report.ts");
  const rows = (await currentRows(store, run.run)).filter(
    (row) =>
      (options.reason === undefined || row.reasons.some((reason) => reason.check === options.reason)) &&
      (options.column === undefined || row.reasons.some((reason) => reason.column === options.column)),
  );
  const trail = (await store.trail()).filter((entry) => entry.run === run.run);
  const limit = options.all === true ? rows.length : Math.max(0, Number.parseInt(options.limit ?? "20", 10) || 20);
  if (options.csv !== undefined) {
    const { csvCell } = await import("../../../core/data-quality/printable.ts");
    const lines = rows.map((row) =>
      [
        String(row.id),
        row.state,
        String(row.line),
        row.reasons.map((reason) => `${reason.column ?? ""} ${reason.check}: ${reason.reason}`.trim()).join("; "),
        row.raw,
        row.current,
      ]
        .map(csvCell)
        .join(","),
    );
    await writeFile(
      resolve(context.workingDirectory, options.csv),
      `id,state,line,reasons,raw,current\n${lines.join("\n")}\n`,
    );
  }
  terminal.document({ schema: "umpire.quarantine-run/1", run, rows: rows.slice(0, limit), trail });
  terminal.print(renderQuarantineRun(run, rows, trail, limit, terminal.width));
  return 0;
}

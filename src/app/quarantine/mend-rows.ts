import type { Contract } from "../../core/data-quality/contract.ts";
import { describeMend, mendCell, type MendRule } from "../../core/data-quality/mend.ts";
import { changeCell, type RowLayout, splitRow } from "../../core/data-quality/raw-row.ts";
import type { RowReason } from "../../core/data-quality/run-row-rules.ts";
import { Failure } from "../../core/failures.ts";
import { nearest } from "../../core/nearest.ts";
import { checkFile } from "../check/check-file.ts";
import type { CheckReader } from "../ports/check-reader.ts";
import type { QuarantineRun, QuarantineStore } from "../ports/quarantine-store.ts";
import { currentRows } from "./quarantine-state.ts";

export interface MendRequest {
  readonly run: QuarantineRun;
  readonly rule: MendRule;
  /** Null: the rule works on the raw text of the row. */
  readonly column: string | null;
  /** Null: rows whose remaining reasons name the column (all waiting rows where the rule has no column). */
  readonly ids: readonly number[] | null;
  readonly contract: Contract;
  readonly who: string;
  readonly now: number;
}

export interface MendResult {
  readonly rule: string;
  readonly changed: number;
  /** Rows that pass the contract now. */
  readonly passing: number;
  readonly stillFailing: readonly {
    readonly id: number;
    readonly line: number;
    readonly raw: string;
    readonly reasons: readonly RowReason[];
  }[];
}

/**
 * Mends rows of a run by one rule, checks them again under the contract, and writes what was done into the trail. The
 * original text of every row stays in the run.
 * @throws Failure USAGE where the run has no such column
 */
export async function mendRows(request: MendRequest, store: QuarantineStore, reader: CheckReader): Promise<MendResult> {
  const { run, rule, column } = request;
  const words = describeMend(rule, column);
  const rows = (await currentRows(store, run.run)).filter(
    (row) =>
      row.state === "waiting" &&
      (request.ids === null
        ? column === null || row.remaining.some((reason) => reason.column === null || reason.column === column)
        : request.ids.includes(row.id)),
  );
  const base = { at: request.now, who: request.who, run: run.run, rule: words };
  if (rule.kind === "drop") {
    if (rows.length > 0) await store.record({ ...base, action: "drop", ids: rows.map((row) => row.id) });
    return { rule: words, changed: rows.length, passing: 0, stillFailing: [] };
  }
  const layout = layoutOf(run, column);
  const changed = rows.flatMap((row) => {
    const after =
      column === null
        ? mendCell(row.current, rule)
        : changeCell(row.current, layout, column, (cell) => mendCell(cell, rule));
    return after === null || after === row.current ? [] : [{ id: row.id, line: row.line, raw: after }];
  });
  if (changed.length === 0) return { rule: words, changed: 0, passing: 0, stillFailing: [] };
  const reasons = await recheck(
    changed.map((row) => row.raw),
    run,
    request.contract,
    reader,
  );
  const mended = Object.fromEntries(changed.map((row, i) => [String(row.id), { raw: row.raw, reasons: reasons[i]! }]));
  await store.record({ ...base, action: "mend", ids: changed.map((row) => row.id), mended });
  const stillFailing = changed.flatMap((row, i) =>
    reasons[i]!.length === 0 ? [] : [{ ...row, reasons: reasons[i]! }],
  );
  return { rule: words, changed: changed.length, passing: changed.length - stillFailing.length, stillFailing };
}

export function layoutOf(run: QuarantineRun, column: string | null): RowLayout {
  const delimiter = run.format === "csv" ? (run.delimiter ?? ",") : null;
  const columns = delimiter === null || run.header === null ? [] : splitRow(run.header, delimiter);
  if (column !== null && delimiter !== null && !columns.includes(column)) {
    throw new Failure("USAGE", {
      message: `the rows of this run have no column "${column}"`,
      mend: [`nearest: ${nearest(column, columns).join(", ") || columns.join(", ")}`],
    });
  }
  return { delimiter, columns };
}

/** What is still wrong with each row, by the row rules alone: a handful of rows says nothing about a table. */
async function recheck(
  raws: readonly string[],
  run: QuarantineRun,
  contract: Contract,
  reader: CheckReader,
): Promise<RowReason[][]> {
  const csv = run.format === "csv";
  const text = `${[...(csv && run.header !== null ? [run.header] : []), ...raws].join("\n")}\n`;
  const file = await reader.openText(csv ? "mended.csv" : "mended.jsonl", text, { delimiter: run.delimiter });
  const byLine = new Map<number, RowReason[]>();
  await checkFile(file, {
    contract,
    usual: null,
    now: null,
    sink: {
      bad: (line, _raw, reasons) => void byLine.set(line, [...(byLine.get(line) ?? []), ...reasons]),
      good: () => {},
    },
  });
  const unreadable = file.source === null;
  let line = csv ? 1 + (run.header ?? "").split("\n").length : 1;
  return raws.map((raw) => {
    const found =
      byLine.get(line) ??
      (unreadable ? [{ check: "unreadable", column: null, reason: "cannot be read as a row" }] : []);
    line += raw.split("\n").length;
    return found;
  });
}

import type { Contract } from "../../core/data-quality/contract.ts";
import { describeMend, mendCell, type MendRule } from "../../core/data-quality/mend.ts";
import { changeCell } from "../../core/data-quality/raw-row.ts";
import { Failure } from "../../core/failures.ts";
import { checkFile, type FileCheckResult, isRowLevel } from "../check/check-file.ts";
import type { AcceptedWriter } from "../check/quarantine-sink.ts";
import type { CheckReader } from "../ports/check-reader.ts";
import type { QuarantineRun, QuarantineStore, TrailEntry } from "../ports/quarantine-store.ts";
import { layoutOf } from "./mend-rows.ts";

export interface MendFileRequest {
  readonly run: QuarantineRun;
  readonly rules: readonly MendRule[];
  readonly column: string | null;
  /** Every row, or those that fail in the column; null: every row unless nothing is wrong with the column but rows. */
  readonly scope: "all" | "failing" | null;
  readonly contract: Contract;
  readonly who: string;
  readonly now: number;
}

export interface MendFileResult {
  readonly rule: string;
  readonly changed: number;
  readonly scope: "all" | "failing";
  /** Name of the mended copy in the store. */
  readonly copy: string;
  readonly check: FileCheckResult;
}

/**
 * Mends a file that was refused as a whole, row by row, into a new copy in the store, and checks that copy under the
 * contract, table and all. The refused file stays as it is; a second mend works on the copy of the first.
 */
export async function mendFile(
  request: MendFileRequest,
  store: QuarantineStore,
  reader: CheckReader,
): Promise<MendFileResult> {
  const { run, rules, column } = request;
  if (run.format !== "csv" && run.format !== "json-lines") {
    throw new Failure("USAGE", {
      message: `rows of a ${run.format ?? "file that cannot be read"} cannot be mended here`,
      mend: ["mend it at its source and check it again"],
    });
  }
  const layout = layoutOf(run, column);
  const from = await latestCopy(store, run);
  const { scope, failing } = await rowsToMend(request, store.pathOf(from), reader);
  const source = await reader.open(store.pathOf(from), { delimiter: run.delimiter });
  let changed = 0;
  const mend = (raw: string): string | null => {
    let current = raw;
    for (const rule of rules) {
      if (rule.kind === "drop") return null;
      const after =
        column === null ? mendCell(current, rule) : changeCell(current, layout, column, (cell) => mendCell(cell, rule));
      current = after ?? current;
    }
    if (current !== raw) changed++;
    return current;
  };
  async function* rows(): AsyncGenerator<string> {
    for await (const block of source.blocks()) {
      for (const { raw } of block.rejects) yield mend(raw) ?? "";
      for (let row = 0; row < block.rows; row++) {
        const raw = block.raw(row);
        const after = scope === "all" || failing.has(block.lines[row]!) ? mend(raw) : raw;
        if (after !== null) yield after;
      }
    }
  }
  const copy = await store.keep(run, source.header, rows());
  const file = await reader.open(store.pathOf(copy), { delimiter: run.delimiter });
  const check = await checkFile(file, { contract: request.contract, usual: null, now: request.now });
  const rule = rules.map((each) => describeMend(each, column)).join("; ");
  await store.record({
    at: request.now,
    who: request.who,
    run: run.run,
    action: "mend",
    rule,
    ids: [],
    copy,
    refused: check.refused,
  });
  return { rule, changed, scope, copy, check };
}

/**
 * Which rows a rule is for. A unit mistake concerns the whole column, and all rows are converted; where single rows
 * fail, converting the others would spoil them.
 */
async function rowsToMend(
  { run, column, contract, scope, now }: MendFileRequest,
  path: string,
  reader: CheckReader,
): Promise<{ scope: "all" | "failing"; failing: ReadonlySet<number> }> {
  const failing = new Set<number>();
  if (scope === "all") return { scope, failing };
  const file = await reader.open(path, { delimiter: run.delimiter });
  const { findings } = await checkFile(file, {
    contract,
    usual: null,
    now,
    sink: {
      bad: (line, _raw, reasons) => {
        if (reasons.some((reason) => column === null || reason.column === column)) failing.add(line);
      },
      good: () => {},
    },
  });
  if (scope === "failing") return { scope, failing };
  const errors = findings.filter(
    (entry) => entry.severity === "error" && entry.check !== "bad-rows" && (column === null || entry.column === column),
  );
  return { scope: errors.length > 0 && errors.every(isRowLevel) ? "failing" : "all", failing };
}

/**
 * Takes back the last mend of a refused file: the next one works on what was there before. Nothing is deleted.
 * @throws Failure USAGE where there is none
 */
export async function undoMend(
  { run, who, now }: Pick<MendFileRequest, "run" | "who" | "now">,
  store: QuarantineStore,
): Promise<{ rule: string; copy: string }> {
  const mends = run.refused ? await standingMends(store, run) : [];
  const last = mends.at(-1);
  if (last === undefined) throw new Failure("USAGE", { message: `no mend of ${run.run} can be taken back` });
  await store.record({ at: now, who, run: run.run, action: "undo", rule: `took back: ${last.rule}`, ids: [] });
  return { rule: last.rule, copy: mends.at(-2)?.copy ?? run.copy! };
}

/** Mends of a refused file that were not taken back, oldest first. */
async function standingMends(store: QuarantineStore, run: QuarantineRun): Promise<TrailEntry[]> {
  const standing: TrailEntry[] = [];
  for (const entry of await store.trail()) {
    if (entry.run !== run.run) continue;
    if (entry.action === "undo") standing.pop();
    else if (entry.action === "mend" && entry.copy !== undefined) standing.push(entry);
  }
  return standing;
}

/** The last mended copy of a refused file, or the file itself. */
async function latestCopy(store: QuarantineStore, run: QuarantineRun): Promise<string> {
  const name = (await standingMends(store, run)).at(-1)?.copy ?? run.copy;
  if (name === null) throw new Failure("USAGE", { message: `${run.run} has no copy of its file` });
  return name;
}

/**
 * Releases the mended copy of a refused file: its good rows go to a new file, bad ones stay behind and are counted.
 * @throws Failure USAGE where nothing was mended, or the mended copy would be refused again
 */
export async function releaseFile(
  request: {
    readonly run: QuarantineRun;
    readonly contract: Contract;
    readonly who: string;
    readonly now: number;
    readonly to: string;
  },
  store: QuarantineStore,
  reader: CheckReader,
  writer: AcceptedWriter,
): Promise<{ released: number; waiting: number }> {
  const { run, contract } = request;
  const last = (await standingMends(store, run)).at(-1);
  if (last?.copy === undefined) {
    throw new Failure("USAGE", {
      message: `${run.file} was refused and is not mended yet`,
      mend: [`umpire quarantine mend ${run.run} --contract CONTRACT --column NAME --divide 12`],
    });
  }
  const file = await reader.open(store.pathOf(last.copy), { delimiter: run.delimiter });
  await writer.begin(file);
  const check = await checkFile(file, {
    contract,
    usual: null,
    now: request.now,
    sink: {
      bad: () => {},
      good: (block, isGood) => writer.add(block, isGood),
    },
  });
  if (check.refused) {
    await writer.close(false);
    const worst = check.findings.find((entry) => entry.severity === "error");
    throw new Failure("USAGE", { message: `the mended file would be refused again: ${worst?.message ?? ""}` });
  }
  await writer.commit();
  await writer.close(true);
  await store.record({
    at: request.now,
    who: request.who,
    run: run.run,
    action: "release",
    rule: "the mended file",
    ids: [],
    to: request.to,
    copy: last.copy,
  });
  return { released: check.rows.accepted, waiting: check.rows.quarantined };
}

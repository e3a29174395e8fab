import { open } from "node:fs/promises";
import type { CheckedFile } from "../../app/ports/check-reader.ts";
import { thousands } from "../../core/data-quality/check-finding.ts";
import type { ByteSource } from "./byte-source.ts";
import { columnLimit } from "./json-file.ts";
import { findUnreadable, ParquetFile } from "./parquet-file.ts";
import { checkPages, type PageProblem, type ParquetLayout, readParquetLayout } from "./parquet-pages.ts";
import type { ProblemTally } from "./problem-tally.ts";

/** Opens a Parquet file: magic at both ends, footer, checksums of all pages, then the rows of the sound row groups. */
export async function openParquet(
  path: string,
  size: number,
  problems: ProblemTally,
  source: ByteSource,
): Promise<CheckedFile> {
  const handle = await open(path);
  let layout: ParquetLayout | null = null;
  let damaged: PageProblem[] = [];
  try {
    const tail = Buffer.alloc(4);
    await handle.read(tail, 0, 4, Math.max(0, size - 4));
    if (size < 12 || tail.toString("latin1") !== "PAR1") {
      problems.add({
        check: "truncated",
        severity: "error",
        message: "no PAR1 magic at the end: the file is truncated, its footer is missing",
      });
    } else {
      layout = await readParquetLayout(handle, size);
      if (layout.columns.length > columnLimit) {
        problems.add({
          check: "too-wide",
          severity: "error",
          count: layout.columns.length,
          message: `${thousands(layout.columns.length)} columns, at most ${thousands(columnLimit)} are read: refused`,
        });
        layout = null;
      } else damaged = await checkPages(handle, size, layout, false);
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    problems.add({
      check: "unreadable",
      severity: "error",
      message: `the footer of the Parquet file is damaged (${error.message})`,
    });
    layout = null;
  } finally {
    await handle.close();
  }
  notePages(damaged, layout, problems);
  const file = layout === null ? null : await openRows(path, size, layout, damaged, problems);
  return {
    path,
    source: file === null ? null : { format: "parquet", delimiter: null, bytes: size },
    declaredTypes: file?.plans.map((plan) => plan.type) ?? null,
    header: null,
    async *blocks() {
      if (file === null) return;
      try {
        yield* file.blocks();
      } catch (error) {
        await explainFailure(path, size, layout!, error, problems);
      }
    },
    findings: () => problems.findings(),
    end: () => null,
    fingerprint: () => source.fingerprint(size),
  };
}

async function openRows(
  path: string,
  size: number,
  layout: ParquetLayout,
  damaged: readonly PageProblem[],
  problems: ProblemTally,
): Promise<ParquetFile | null> {
  try {
    return await ParquetFile.open(path, damagedRanges(layout, damaged));
  } catch (error) {
    const found = await explainFailure(path, size, layout, error, problems);
    return found.length === 0 ? null : ParquetFile.open(path, damagedRanges(layout, found)).catch(() => null);
  }
}

function damagedRanges(layout: ParquetLayout, damaged: readonly PageProblem[]): { from: number; to: number }[] {
  const bad = new Set(damaged.map((problem) => problem.rowGroup));
  let first = 0;
  const ranges: { from: number; to: number }[] = [];
  for (const [index, group] of layout.rowGroups.entries()) {
    if (bad.has(index)) ranges.push({ from: first, to: first + group.rows });
    first += group.rows;
  }
  return ranges;
}

/** The engine stumbled: finds the pages that are to blame, by unpacking them, else by reading column by column. */
async function explainFailure(
  path: string,
  size: number,
  layout: ParquetLayout,
  error: unknown,
  problems: ProblemTally,
): Promise<PageProblem[]> {
  const handle = await open(path);
  let found: PageProblem[];
  try {
    found = await checkPages(handle, size, layout, true);
  } finally {
    await handle.close();
  }
  if (found.length === 0) found = await findUnreadable(path, layout);
  if (found.length > 0) notePages(found, layout, problems);
  else {
    problems.add({
      check: "unreadable",
      severity: "error",
      message: `the file cannot be read as Parquet: ${firstLine(error)}`,
    });
  }
  return found;
}

function notePages(damaged: readonly PageProblem[], layout: ParquetLayout | null, problems: ProblemTally): void {
  if (layout === null) return;
  const groups = new Set(damaged.map((problem) => problem.rowGroup));
  const lost = layout.rowGroups.reduce((sum, group, i) => sum + (groups.has(i) ? group.rows : 0), 0);
  const readable = layout.rowGroups.length - groups.size;
  for (const problem of damaged.slice(0, 20)) {
    problems.add({
      check: "corrupt-page",
      severity: "error",
      column: problem.column,
      count: problem.rows,
      message: `${problem.says} in row group ${problem.rowGroup} (from 0, of ${layout.rowGroups.length}), column ${problem.column}${place(problem)}: ${thousands(problem.rows)} rows; ${readable === 0 ? "no other row group is readable" : `the other ${thousands(readable)} row ${readable === 1 ? "group is" : "groups are"} readable (${thousands(layout.rows - lost)} rows)`}`,
    });
  }
  if (damaged.length > 20)
    problems.add({
      check: "corrupt-page",
      severity: "error",
      count: damaged.length,
      message: `${thousands(damaged.length)} column chunks are damaged in all`,
    });
}

function place({ at, after }: PageProblem): string {
  if (at === null) return "";
  const follows = after === null ? "" : `, where the pages of ${after} end`;
  return ` (its page at byte ${thousands(at)}${follows})`;
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n", 1)[0] ?? "";
}

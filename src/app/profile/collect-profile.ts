import type { DriftWindow } from "../../core/drift/drift-window.ts";
import type { PeriodName } from "../../core/drift/periods.ts";
import { createPeriodCollector, createRunCollector } from "../../core/drift/collect-windows.ts";
import { Failure } from "../../core/failures.ts";
import type { Frame } from "../../core/profile/frame.ts";
import { isCategoryFrame } from "../../core/profile/frame.ts";
import type { FrameOptions } from "../../core/profile/make-frame.ts";
import { makeFrame } from "../../core/profile/make-frame.ts";
import type { Profile } from "../../core/profile/profile.ts";
import { createProfile, createProfiler } from "../../core/profile/profile.ts";
import type { RowSample } from "../../core/profile/row-sample.ts";
import { createRowSampler } from "../../core/profile/row-sample.ts";
import type { Table } from "../../core/tables/table.ts";
import type { ColumnRequest, TableSource } from "../ports/table-reader.ts";

export interface CollectRequest {
  readonly columns: readonly ColumnRequest[];
  /** Frame to count on; null makes one from these rows. */
  readonly frame: Frame | null;
  readonly frameOptions: FrameOptions;
  /** Time column, or null. */
  readonly time: string | null;
  /** Length of the periods; null chooses one that gives at most 400. */
  readonly by: PeriodName | null;
  /** Length of the runs of rows that are profiled apart, besides the periods; null for none. */
  readonly runRows: number | null;
  /** Rows kept for tests that read rows. */
  readonly sampleRows: number;
  readonly onProgress?: (rowsDone: number, rowsTotal: number | null) => void;
  readonly signal?: AbortSignal;
}

export interface Collected {
  readonly frame: Frame;
  readonly whole: Profile;
  readonly sample: RowSample;
  readonly by: PeriodName | null;
  readonly periods: readonly DriftWindow[];
  readonly runs: readonly DriftWindow[];
  readonly timeless: number;
  readonly first: number | null;
  readonly last: number | null;
}

/** Rows that make the frame when the input is longer; a shorter input makes it whole. Whole blocks, whatever their size. */
const frameRows = 65_536;
/** Of those, as many are sorted. */
const frameSample = 25_000;
/** Rows up to which the frame is made of all of them. */
export const exactFrameRows = 150_000;
/** Values that are kept at most of the rows that make the frame, and of the sample (268 MB each): wide tables keep fewer rows. */
const keptCells = 1 << 25;
/** Values in one block: about what the second cache holds, so that each step finds them there. */
const blockCells = 1 << 19;
/** Largest share of rows in one fine bin (of many values) with which a frame from the first rows is good enough. */
const widestBin = 0.02;
/** Profiles of one column and one period that are kept at most (about 10 kB each), for periods that were asked for and others. */
const cellLimit = 20_000;
const autoCellLimit = 8000;
const autoPeriods = 400;
const runLimit = 300;
const columnLimit = 2000;

/** One pass over the rows (two where the first rows turn out unlike the rest): profile, periods, runs, row sample. */
export async function collectProfile(source: TableSource, request: CollectRequest): Promise<Collected> {
  if (request.columns.length > columnLimit) {
    throw new Failure("DATA", {
      where: source.files[0] ?? "",
      message: `${request.columns.length} columns: at most ${columnLimit} are profiled at once`,
      mend: ["choose some with --columns, or leave some out with --exclude"],
    });
  }
  const rows = await source.countRows();
  const collected = await pass(source, rows, request);
  if (request.frame !== null || isSmall(rows, request) || !isUneven(collected.whole)) return collected;
  const frame = makeFrame(collected.sample.table, jointOptions(request.frameOptions, rows));
  return pass(source, rows, { ...request, frame });
}

/** Rows of these columns that are kept at most. */
export function rowsKept(most: number, columns: number): number {
  return Math.min(most, Math.max(2048, Math.floor(keptCells / Math.max(1, columns))));
}

/** True where the frame is made of all rows. */
function isSmall(rows: number, { columns }: Pick<CollectRequest, "columns">): boolean {
  return rows <= rowsKept(exactFrameRows, columns.length);
}

function jointOptions(options: FrameOptions, rows: number): FrameOptions {
  return { jointEvery: rows > exactFrameRows ? 8 : 1, ...options };
}

async function pass(source: TableSource, rows: number, request: CollectRequest): Promise<Collected> {
  const names = request.columns.map((column) => column.name);
  const sampler = createRowSampler(names, rowsKept(request.sampleRows, names.length), rows);
  const small = isSmall(rows, request);
  const headLimit = rowsKept(frameRows, names.length);
  let counter = request.frame === null ? null : createCounter(request.frame, rows, request);
  // Until there is a frame to count on, rows are kept.
  const head = createRowSampler(names, Number.POSITIVE_INFINITY);
  let headRows = 0;
  const start = (): Counter => {
    const { table } = head.finish();
    const frame = makeFrame(small ? table : evenPart(names, table), jointOptions(request.frameOptions, rows));
    const started = createCounter(frame, rows, request);
    started.add(table);
    return started;
  };
  const reading = source.read({
    columns: request.columns,
    blockRows: blockRowsFor(names.length),
    reuseBlocks: true,
    ...(request.onProgress === undefined ? {} : { onProgress: request.onProgress }),
    ...(request.signal === undefined ? {} : { signal: request.signal }),
  });
  for await (const block of reading) {
    sampler.add(block);
    if (counter !== null) counter.add(block);
    else {
      head.add(block);
      headRows += block.rows;
      if (!small && headRows >= headLimit) counter = start();
    }
  }
  counter ??= start();
  return { ...counter.finish(), sample: sampler.finish() };
}

/** A power of two from 2,048 (the engine's own) to {@link frameRows}. */
function blockRowsFor(columns: number): number {
  const wanted = Math.log2(blockCells / Math.max(1, columns));
  return 2 ** Math.min(16, Math.max(11, Math.floor(wanted)));
}

function evenPart(names: readonly string[], table: Table): Table {
  const sampler = createRowSampler(names, frameSample, table.rows);
  sampler.add(table);
  return sampler.finish().table;
}

interface Counter {
  add(block: Table): void;
  finish(): Omit<Collected, "sample">;
}

function createCounter(frame: Frame, rows: number, request: CollectRequest): Counter {
  const profiler = createProfiler(frame);
  const whole = createProfile(frame);
  const columns = Math.max(1, frame.columns.length);
  const periods =
    request.time === null
      ? null
      : createPeriodCollector(
          frame,
          request.time,
          request.by,
          request.by === null
            ? Math.max(12, Math.min(autoPeriods, Math.floor(autoCellLimit / columns)))
            : Math.max(50, Math.floor(cellLimit / columns)),
        );
  const most = Math.max(50, Math.min(runLimit, Math.floor(autoCellLimit / columns)));
  const runs = request.runRows === null ? null : createRunCollector(frame, request.runRows, rows, most);
  return {
    add: (block) => {
      if (periods === null) profiler.add(whole, block);
      else periods.add(profiler, block);
      runs?.add(profiler, block);
    },
    finish: () => {
      const cut = periods?.finish();
      return {
        frame,
        whole: cut?.whole ?? whole,
        by: cut?.by ?? null,
        periods: cut?.windows ?? [],
        runs: runs?.finish() ?? [],
        timeless: cut?.timeless ?? 0,
        first: cut?.first ?? null,
        last: cut?.last ?? null,
      };
    },
  };
}

/** True when many rows of a number column fell into one fine bin, or many texts were not in the frame. */
function isUneven(whole: Profile): boolean {
  return whole.columns.some((column) => {
    const frame = column.frame;
    if (isCategoryFrame(frame)) {
      return !frame.identifier && column.counts[frame.values.length + 1]! > 0.001 * column.rows;
    }
    if (frame.kind === "text" || frame.kind === "time" || frame.identifier) return false;
    return column.counts.some((count, bin) => count > widestBin * column.rows && Number.isNaN(frame.atoms[bin]));
  });
}

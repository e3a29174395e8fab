import type { DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { ANSWER, firstOf, LABEL, SHADOW_ANSWER } from "./answer-table.ts";
import { emptyEvents, files, identifier, openEngine, quoted, segmentTable } from "./event-tables.ts";

/** Which events a window keeps: predictions and shadows of a model since a time, labels of some names. */
export interface WindowWish {
  readonly model: string;
  /** Milliseconds since 1970. */
  readonly since: number;
  readonly labels: readonly string[];
}

/** What rollouts are judged by; nothing of what went into a model. */
const TAKEN = [
  "kind",
  "id",
  "key",
  "at",
  "time",
  "model",
  "version",
  "routed",
  "cohort",
  "arm",
  "propensity",
  "unit",
  "group",
  "item",
  "prediction",
  "milliseconds",
  "position",
  "fallback",
  "error",
  "name",
  "label",
].map(identifier);

const LINE_BREAK = 0x0a;
const READ_BYTES = 1 << 20;
/** Rows that are worked at once: a long log finds room in memory. */
const MOST_WAITING = 250_000;
/** Files move from live to closed to Parquet while they are listed. */
const TRIES = 3;

/**
 * The events of one rollout, kept in memory between looks, in the tables `mine` (answers), `seen` (those of shadows) and
 * `labels`: a look reads only what the log has got since. Segments are known by
 * their name, under which they go from live to closed to Parquet; a live one is read on from where the last look ended, at a
 * line break. What is read twice all the same (a segment that was rotated half read) has the same ids, and is kept once.
 */
export class EventWindow {
  readonly #folder: string;
  readonly #wish: WindowWish;
  readonly #instance: DuckDBInstance;
  readonly connection: DuckDBConnection;
  /** Of what came last. */
  batch = 0;
  #rows = 0;
  /** Rows that are taken in and not kept yet. */
  #waiting = 0;
  /** Bytes of a segment that are kept, by its name. */
  readonly #read = new Map<string, number>();
  /** Segments that are kept to their end. */
  readonly #whole = new Set<string>();
  readonly #parquet = new Set<string>();

  private constructor(folder: string, wish: WindowWish, instance: DuckDBInstance, connection: DuckDBConnection) {
    this.#folder = folder;
    this.#wish = wish;
    this.#instance = instance;
    this.connection = connection;
  }

  static async open(folder: string, wish: WindowWish): Promise<EventWindow> {
    const instance = await openEngine({ threads: "1", memory_limit: "1GB" });
    const connection = await instance.connect();
    const nothing = emptyEvents();
    await connection.run(`create table taken as select ${TAKEN.join(", ")} from ${nothing}`);
    await connection.run(`create table mine as select ${ANSWER}, 0 as batch from ${nothing}`);
    await connection.run(`create table seen as select ${SHADOW_ANSWER}, 0 as batch from ${nothing}`);
    await connection.run(`create table labels as select ${LABEL} from ${nothing}`);
    return new EventWindow(folder, wish, instance, connection);
  }

  /** Takes in what the log has got since the last call, as batches of its own. @returns rows taken in */
  async refresh(): Promise<number> {
    const before = this.#rows;
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#takeIn();
        await this.#keep();
        return this.#rows - before;
      } catch (error) {
        // A file went on its way between being listed and being read; what was kept before it stays kept.
        if (attempt === TRIES || !isGone(error)) throw error;
      }
    }
  }

  close(): void {
    this.connection.closeSync();
    this.#instance.closeSync();
  }

  async #keep(): Promise<void> {
    if (this.#waiting === 0) return;
    const batch = ++this.batch;
    const answers = firstOf(`select ${ANSWER} from taken where kind = 'prediction'`, "pid");
    await this.connection.run(`insert into mine select *, ${batch} from (${answers}) f
      where not exists (select 1 from mine m where m.pid = f.pid)`);
    const shadows = firstOf(`select ${SHADOW_ANSWER}, "at" from taken where kind = 'shadow'`, "pid, version");
    await this.connection.run(`insert into seen select * exclude "at", ${batch} from (${shadows}) f
      where not exists (select 1 from seen s where s.pid = f.pid and s.version = f.version)`);
    await this.connection.run(`insert into labels select ${LABEL} from taken where kind = 'label'`);
    await this.connection.run("truncate taken");
    this.#waiting = 0;
  }

  async #takeIn(): Promise<void> {
    // Segments first: one that is gone by now has all of its Parquet files.
    const live = files(join(this.#folder, "live"), ".jsonl");
    const closed = files(join(this.#folder, "closed"), ".jsonl");
    for (const path of live) await this.#takeSegment(path);
    for (const path of closed) {
      const name = basename(path, ".jsonl");
      if (this.#whole.has(name)) continue;
      await this.#takeSegment(path);
      this.#whole.add(name);
    }
    for (const path of this.#parquetFiles()) {
      if (this.#parquet.has(path) || this.#whole.has(basename(path, ".parquet"))) continue;
      await this.#insert(`read_parquet(${quoted(path)}, union_by_name = true, hive_partitioning = false)`);
      this.#parquet.add(path);
    }
  }

  /** The whole lines behind what is kept. */
  async #takeSegment(path: string): Promise<void> {
    const name = basename(path, ".jsonl");
    const from = this.#read.get(name) ?? 0;
    if (statSync(path).size <= from) return;
    const { bytes, end } = wholeLines(path, from);
    if (end === from) return;
    const folder = mkdtempSync(join(tmpdir(), "umpire-window-"));
    const part = join(folder, "part.jsonl");
    try {
      writeFileSync(part, bytes);
      await this.#insert(segmentTable([part]));
      this.#read.set(name, end);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  /** Parquet lies by kind, model and day: those of other models, and of earlier days, need not be opened. */
  #parquetFiles(): string[] {
    const root = join(this.#folder, "parquet");
    if (!existsSync(root)) return [];
    const first = new Date(this.#wish.since).toISOString().slice(0, 10);
    const own = (kind: string, fits: (day: string) => boolean): string[] => {
      const place = join(root, kind);
      if (!existsSync(place)) return [];
      return readdirSync(place).flatMap((model) =>
        readdirSync(join(place, model))
          .filter(fits)
          .flatMap((day) => files(join(place, model, day), ".parquet")),
      );
    };
    return [
      ...own("prediction", (day) => day >= first),
      ...own("shadow", (day) => day >= first),
      ...own("label", () => this.#wish.labels.length > 0),
    ];
  }

  async #insert(table: string): Promise<void> {
    const { model, since, labels } = this.#wish;
    const names = labels.length === 0 ? "null" : labels.map(quoted).join(", ");
    const answers = `kind in ('prediction', 'shadow') and model = ${quoted(model)} and "at" >= ${since}`;
    const result = await this.connection.run(
      `insert into taken select ${TAKEN.join(", ")} from ${table} where (${answers}) or (kind = 'label' and name in (${names}))`,
    );
    this.#rows += result.rowsChanged;
    this.#waiting += result.rowsChanged;
    if (this.#waiting > MOST_WAITING) await this.#keep();
  }
}

function wholeLines(path: string, from: number): { bytes: Uint8Array; end: number } {
  const fd = openSync(path, "r");
  const parts: Buffer[] = [];
  try {
    for (let at = from; ; ) {
      const part = Buffer.allocUnsafe(READ_BYTES);
      const read = readSync(fd, part, 0, READ_BYTES, at);
      if (read === 0) break;
      parts.push(part.subarray(0, read));
      at += read;
    }
  } finally {
    closeSync(fd);
  }
  const all = Buffer.concat(parts);
  const length = all.lastIndexOf(LINE_BREAK) + 1;
  return { bytes: all.subarray(0, length), end: from + length };
}

function isGone(error: unknown): boolean {
  const { code, message } = error as { code?: unknown; message?: unknown };
  return (
    code === "ENOENT" || (typeof message === "string" && /No files found|No such file|Cannot open file/.test(message))
  );
}

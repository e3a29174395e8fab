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
import { emptyEvents, files, identifier, quoted, segmentTable } from "./event-tables.ts";

/** Which events a window keeps: predictions and shadows of a model since a time, labels of some names. */
export interface WindowWish {
  readonly model: string;
  /** Milliseconds since 1970. */
  readonly since: number;
  readonly labels: readonly string[];
}

/** What rollouts are judged by; nothing of what went into a model. */
const KEPT = [
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
  "fallback",
  "error",
  "name",
  "label",
].map(identifier);

const LINE_BREAK = 0x0a;
const READ_BYTES = 1 << 20;
/** Files move from live to closed to Parquet while they are listed. */
const TRIES = 3;

/**
 * The events of one rollout, kept in memory between looks: a look reads only what the log has got since. Segments are known by
 * their name, under which they go from live to closed to Parquet; a live one is read on from where the last look ended, at a
 * line break. What is read twice all the same (a segment that was rotated half read) has the same ids, by which those who
 * sum it up count it once.
 */
export class EventWindow {
  readonly #folder: string;
  readonly #wish: WindowWish;
  readonly #instance: DuckDBInstance;
  readonly connection: DuckDBConnection;
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
    const { DuckDBInstance } = await import("@duckdb/node-api");
    const instance = await DuckDBInstance.create(":memory:", { threads: "1", memory_limit: "1GB" });
    const connection = await instance.connect();
    await connection.run(`create table kept as select ${KEPT.join(", ")} from ${emptyEvents()}`);
    await connection.run("create view events as select * from kept");
    return new EventWindow(folder, wish, instance, connection);
  }

  /** Takes in what the log has got since the last call. @returns rows taken in */
  async refresh(): Promise<number> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#takeIn();
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

  async #takeIn(): Promise<number> {
    let rows = 0;
    // Segments first: one that is gone by now has all of its Parquet files.
    const live = files(join(this.#folder, "live"), ".jsonl");
    const closed = files(join(this.#folder, "closed"), ".jsonl");
    for (const path of live) rows += await this.#takeSegment(path);
    for (const path of closed) {
      const name = basename(path, ".jsonl");
      if (this.#whole.has(name)) continue;
      rows += await this.#takeSegment(path);
      this.#whole.add(name);
    }
    for (const path of this.#parquetFiles()) {
      if (this.#parquet.has(path) || this.#whole.has(basename(path, ".parquet"))) continue;
      rows += await this.#insert(`read_parquet(${quoted(path)}, union_by_name = true, hive_partitioning = false)`);
      this.#parquet.add(path);
    }
    return rows;
  }

  /** The whole lines behind what is kept. */
  async #takeSegment(path: string): Promise<number> {
    const name = basename(path, ".jsonl");
    const from = this.#read.get(name) ?? 0;
    if (statSync(path).size <= from) return 0;
    const { bytes, end } = wholeLines(path, from);
    if (end === from) return 0;
    const folder = mkdtempSync(join(tmpdir(), "umpire-window-"));
    const part = join(folder, "part.jsonl");
    try {
      writeFileSync(part, bytes);
      const rows = await this.#insert(segmentTable([part]));
      this.#read.set(name, end);
      return rows;
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

  async #insert(table: string): Promise<number> {
    const { model, since, labels } = this.#wish;
    const names = labels.length === 0 ? "null" : labels.map(quoted).join(", ");
    const answers = `kind in ('prediction', 'shadow') and model = ${quoted(model)} and "at" >= ${since}`;
    const result = await this.connection.run(
      `insert into kept select ${KEPT.join(", ")} from ${table} where (${answers}) or (kind = 'label' and name in (${names}))`,
    );
    return result.rowsChanged;
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

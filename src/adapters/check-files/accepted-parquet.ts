import { mkdir, rename, rm } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { AcceptedWriter } from "../../app/check/quarantine-sink.ts";
import type { CheckedFile } from "../../app/ports/check-reader.ts";
import type { CheckBlock } from "../../core/data-quality/check-block.ts";
import { Failure } from "../../core/failures.ts";

/** Writes the good rows of Parquet files as Parquet, types as they were: only the numbers of bad rows are kept. */
export class AcceptedParquet implements AcceptedWriter {
  readonly #path: string;
  readonly #folder: string;
  readonly #files: { path: string; bad: number[] }[] = [];
  #file: { path: string; bad: number[] } | null = null;

  /** @param folder where relative paths of the checked files start */
  constructor(path: string, folder: string) {
    this.#path = path;
    this.#folder = folder;
  }

  begin({ path, source }: CheckedFile): Promise<void> {
    if (source !== null && source.format !== "parquet") {
      throw new Failure("USAGE", {
        message: `rows of ${path} (${source.format}) are not written as Parquet`,
        mend: [`name the accepted file ${source.format === "csv" ? ".csv" : ".jsonl"}`],
      });
    }
    this.#file = { path: resolve(this.#folder, path), bad: [] };
    return Promise.resolve();
  }

  add(block: CheckBlock, isGood: (row: number) => boolean): Promise<void> {
    for (let row = 0; row < block.rows; row++) if (!isGood(row)) this.#file!.bad.push(block.lines[row]! - 1);
    return Promise.resolve();
  }

  commit(): Promise<void> {
    if (this.#file !== null) this.#files.push(this.#file);
    this.#file = null;
    return Promise.resolve();
  }

  discard(): Promise<void> {
    this.#file = null;
    return Promise.resolve();
  }

  async close(keep: boolean): Promise<void> {
    if (!keep || this.#files.length === 0) return;
    await mkdir(dirname(this.#path), { recursive: true });
    const { DuckDBInstance } = await import("@duckdb/node-api");
    const instance = await DuckDBInstance.create(":memory:", {
      memory_limit: "400MB",
      autoinstall_known_extensions: "false",
      autoload_known_extensions: "false",
      preserve_insertion_order: "true",
    });
    const connection = await instance.connect();
    const partial = `${this.#path}.partial`;
    const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;
    try {
      const parts = this.#files.map(({ path, bad }) => {
        const where = bad.length === 0 ? "" : ` WHERE file_row_number NOT IN (${bad.join(", ")})`;
        return `SELECT * EXCLUDE (file_row_number) FROM read_parquet(${literal(path)}, file_row_number = true)${where}`;
      });
      await connection.run(
        `COPY (${parts.join(" UNION ALL BY NAME ")}) TO ${literal(partial)} (FORMAT parquet, COMPRESSION zstd)`,
      );
      await rename(partial, this.#path);
    } catch (cause) {
      await rm(partial, { force: true });
      throw new Failure("WRITE", { where: this.#path, message: "the accepted rows cannot be written", cause });
    } finally {
      connection.closeSync();
      instance.closeSync();
    }
  }
}

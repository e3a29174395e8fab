import { mkdir, open, rename, rm, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import type { AcceptedWriter } from "../../app/check/quarantine-sink.ts";
import type { CheckedFile } from "../../app/ports/check-reader.ts";
import type { CheckBlock } from "../../core/data-quality/check-block.ts";
import { Failure } from "../../core/failures.ts";

/**
 * Writes accepted rows as they stood in their files, under one header, beside the target; each file's rows become part
 * of it only when the file is decided, and the target appears when all are. Several files must have the same header.
 */
export class AcceptedFile implements AcceptedWriter {
  readonly #path: string;
  readonly #partial: string;
  #handle: FileHandle | null = null;
  #header: string | null | undefined;
  #kept = 0;
  #size = 0;
  #buffer: string[] = [];

  constructor(path: string) {
    this.#path = path;
    this.#partial = `${path}.partial`;
  }

  async begin({ header, source, path }: CheckedFile): Promise<void> {
    if (header === null && source !== null && !/\.(jsonl|ndjson)$/i.test(this.#path)) {
      throw new Failure("USAGE", {
        message: `rows of ${path} (${source.format}) are written as JSON lines${source.format === "parquet" ? " or Parquet" : ""}`,
        mend: [`name the accepted file .jsonl${source.format === "parquet" ? " or .parquet" : ""}`],
      });
    }
    if (this.#handle === null) {
      await mkdir(dirname(this.#path), { recursive: true });
      this.#handle = await open(this.#partial, "w");
    }
    if (source === null) return;
    if (this.#header === undefined) {
      this.#header = header;
      if (header !== null) this.#buffer.push(`${header}\n`);
      await this.#flush();
      this.#kept = this.#size;
    } else if (header !== this.#header) {
      await this.close(false);
      throw new Failure("USAGE", {
        message: "files with different headers cannot go into one accepted file",
        mend: ["check them one by one, each with its own --accepted"],
      });
    }
  }

  async add(block: CheckBlock, isGood: (row: number) => boolean): Promise<void> {
    for (let row = 0; row < block.rows; row++) if (isGood(row)) this.#buffer.push(`${block.raw(row)}\n`);
    await this.#flush();
  }

  async #flush(): Promise<void> {
    const bytes = Buffer.from(this.#buffer.join(""));
    this.#buffer = [];
    await this.#handle!.write(bytes, 0, bytes.length, this.#size);
    this.#size += bytes.length;
  }

  async commit(): Promise<void> {
    this.#kept = this.#size;
  }

  async discard(): Promise<void> {
    await this.#handle!.truncate(this.#kept);
    this.#size = this.#kept;
  }

  /** @param keep false throws everything away */
  async close(keep: boolean): Promise<void> {
    if (this.#handle === null) return;
    if (keep) await this.#handle.sync();
    await this.#handle.close();
    this.#handle = null;
    if (keep) await rename(this.#partial, this.#path);
    else await rm(this.#partial, { force: true });
  }
}

import { closeSync, existsSync, fdatasync, fsyncSync, ftruncate, mkdirSync, openSync, write, writeSync } from "node:fs";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const writeAsync = promisify(write) as (
  fd: number,
  bytes: Uint8Array,
  offset: number,
) => Promise<{ bytesWritten: number }>;
const syncAsync = promisify(fdatasync);
const truncateAsync = promisify(ftruncate);

/** Longer than this, writing is left to another thread for a while, so that a slow disk does not stop the answers. */
const slowWriteMilliseconds = 5;
const carefulMilliseconds = 10_000;

/** One append-only file of the log. Whole lines or nothing: a write that fails half-way is taken back. */
export class SegmentFile {
  readonly path: string;
  readonly opened: number;
  #fd: number;
  #size = 0;
  #carefulUntil = 0;

  private constructor(path: string, fd: number, opened: number) {
    this.path = path;
    this.#fd = fd;
    this.opened = opened;
  }

  /** A new file `START-HOST-PID-NUMBER.jsonl` in the folder, which is made. */
  static open(folder: string, number: number, now: number): SegmentFile {
    makeFolder(folder);
    const path = join(folder, segmentName(now, number));
    const fd = openSync(path, "ax", 0o640);
    // The name itself must survive a loss of power.
    const directory = openSync(folder, "r");
    try {
      fsyncSync(directory);
    } finally {
      closeSync(directory);
    }
    return new SegmentFile(path, fd, now);
  }

  get size(): number {
    return this.#size;
  }

  /** Appends whole lines, and waits for the disk where asked to. @throws the system's error, with nothing appended */
  async append(bytes: Uint8Array, sync: boolean): Promise<void> {
    try {
      if (performance.now() < this.#carefulUntil) await this.#writeAside(bytes);
      else this.#writeHere(bytes);
      if (sync) await syncAsync(this.#fd);
    } catch (error) {
      await truncateAsync(this.#fd, this.#size).catch(() => {});
      throw error;
    }
    this.#size += bytes.length;
  }

  /** A write into the page cache takes 5 µs here, 25 through another thread. */
  #writeHere(bytes: Uint8Array): void {
    const started = performance.now();
    for (let at = 0; at < bytes.length; ) at += writeSync(this.#fd, bytes, at);
    const ended = performance.now();
    if (ended - started > slowWriteMilliseconds) this.#carefulUntil = ended + carefulMilliseconds;
  }

  async #writeAside(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; ) at += (await writeAsync(this.#fd, bytes, at)).bytesWritten;
  }

  close(): void {
    closeSync(this.#fd);
  }
}

const host =
  hostname()
    .replace(/[^A-Za-z0-9]/g, "")
    .slice(0, 40) || "host";

function segmentName(now: number, number: number): string {
  return `${now}-${host}-${process.pid}-${number}.jsonl`;
}

/** True for a segment that a process on this machine may still be writing: another one that is alive. */
export function isHeldByOther(name: string): boolean {
  const [, owner, pid] = name.split("-");
  if (owner !== host) return true;
  const id = Number(pid);
  if (id === process.pid || !Number.isInteger(id) || id <= 0) return false;
  try {
    process.kill(id, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Step by step: where the system takes no new names, as under /proc, `recursive` tries for ever. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  const parent = dirname(folder);
  if (parent !== folder) makeFolder(parent);
  try {
    mkdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}

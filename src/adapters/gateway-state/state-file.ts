import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  unwatchFile,
  watchFile,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { Failure } from "../../core/failures.ts";

/**
 * One JSON document on disk that survives whatever happens: replaced whole (written beside, synced, renamed), read at the
 * start, and read again within half a second where another process replaced it.
 */
export class StateFile<T> {
  readonly path: string;
  #seen = "";

  constructor(folder: string, name: string) {
    this.path = join(folder, name);
  }

  /** Null where there is none yet. @throws Failure RECORD where it is damaged */
  read(): T | null {
    let text: string;
    try {
      text = readFileSync(this.path, "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
      throw error;
    }
    try {
      const value = JSON.parse(text) as T;
      this.#seen = text;
      return value;
    } catch (cause) {
      throw new Failure("RECORD", {
        where: this.path,
        message: "the gateway's state is damaged",
        mend: ["move the file away to start from the configuration"],
        cause,
      });
    }
  }

  /** @throws Failure WRITE; what was there before stays */
  write(value: T): void {
    const text = JSON.stringify(value, null, 2);
    const beside = `${this.path}.${process.pid}.new`;
    try {
      mkdirSync(dirname(this.path), { recursive: true });
      const fd = openSync(beside, "w", 0o640);
      try {
        writeSync(fd, text);
        fsyncSync(fd);
      } finally {
        closeSync(fd);
      }
      renameSync(beside, this.path);
      const folder = openSync(dirname(this.path), "r");
      try {
        fsyncSync(folder);
      } finally {
        closeSync(folder);
      }
      this.#seen = text;
    } catch (cause) {
      // Half of it takes room that is needed.
      rmSync(beside, { force: true });
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new Failure("WRITE", {
        where: this.path,
        message: `the gateway's state cannot be written: ${why}`,
        mend: ["make room for the gateway, or give it write access; what was kept before stays"],
        cause,
      });
    }
  }

  /** Calls back with what another process wrote. @returns what stops it */
  watch(onChange: (value: T) => void, onProblem: (error: unknown) => void): () => void {
    const look = (): void => {
      try {
        statSync(this.path);
        const before = this.#seen;
        const value = this.read();
        if (value !== null && this.#seen !== before) onChange(value);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOENT") onProblem(error);
      }
    };
    watchFile(this.path, { interval: 400, persistent: false }, look);
    return () => unwatchFile(this.path, look);
  }
}

import { createReadStream } from "node:fs";
import {
  appendFile,
  constants,
  copyFile,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  type FileHandle,
} from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import type {
  QuarantinedRow,
  QuarantineRun,
  QuarantineStore,
  QuarantineWriter,
  TrailEntry,
} from "../../app/ports/quarantine-store.ts";
import { Failure } from "../../core/failures.ts";

/**
 * The quarantine as a folder: one file of JSON lines a run (rows, then a last line that describes the run), a copy of
 * each refused file, and one trail. A run is written as `.partial`, synced, and renamed: after a kill there is either
 * the whole run or a partial one that says so, never half of a run that looks whole.
 */
/** @param base where paths of files begin that are not absolute: where the user stands */
export function createQuarantineFolder(folder: string, base = "."): QuarantineStore {
  return {
    begin: (file) => RunWriter.create(folder, base, file),
    runs: () => listRuns(folder),
    rows: (run) => readRows(folder, run),
    trail: () => readTrail(folder),
    pathOf: (copy) => join(folder, copy),
    keep: (run, header, rows) => keepMended(folder, run, header, rows),
    record: (entry) => appendDurably(join(folder, "trail.jsonl"), `${JSON.stringify(entry)}\n`),
  };
}

const flushAt = 1 << 20;

class RunWriter implements QuarantineWriter {
  readonly #folder: string;
  /** Where the user stands. */
  readonly #base: string;
  readonly #name: string;
  readonly #handle: FileHandle;
  #buffer: string[] = [];
  #size = 0;
  #rows = 0;

  private constructor(folder: string, base: string, name: string, handle: FileHandle) {
    this.#folder = folder;
    this.#base = base;
    this.#name = name;
    this.#handle = handle;
  }

  static async create(folder: string, base: string, file: string): Promise<RunWriter> {
    await mkdir(folder, { recursive: true });
    const slug = basename(file)
      .replace(/[^A-Za-z0-9._-]+/g, "-")
      .slice(0, 60);
    const stamp = new Date().toISOString().replace(/[-:.]/g, "").replace("T", "-").slice(0, 18);
    for (let attempt = 0; ; attempt++) {
      const name = `${stamp}-${slug}${attempt === 0 ? "" : `-${attempt}`}`;
      try {
        const taken = await readdir(folder);
        if (taken.includes(`${name}.jsonl`)) continue;
        return new RunWriter(folder, base, name, await open(join(folder, `${name}.partial`), "wx"));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST" || attempt > 1000) throw error;
      }
    }
  }

  async add(line: number, raw: string, reasons: QuarantinedRow["reasons"]): Promise<void> {
    const row: QuarantinedRow = { id: ++this.#rows, line, raw, reasons };
    const text = `${JSON.stringify(row)}\n`;
    this.#buffer.push(text);
    this.#size += text.length;
    if (this.#size > flushAt) await this.#flush();
  }

  async #flush(): Promise<void> {
    await this.#handle.writeFile(this.#buffer.join(""));
    this.#buffer = [];
    this.#size = 0;
  }

  async finish(run: Omit<QuarantineRun, "run" | "rows" | "copy">): Promise<string> {
    const copy = run.refused ? await this.#keepFile(run.file, run.fingerprint) : null;
    const whole: QuarantineRun = { run: this.#name, ...run, rows: this.#rows, copy };
    this.#buffer.push(`${JSON.stringify({ end: whole })}\n`);
    await this.#flush();
    await this.#handle.sync();
    await this.#handle.close();
    await rename(join(this.#folder, `${this.#name}.partial`), join(this.#folder, `${this.#name}.jsonl`));
    await syncFolder(this.#folder);
    return this.#name;
  }

  /** A refused file is kept whole: by its fingerprint, so that the same file twice is one copy. */
  async #keepFile(file: string, fingerprint: string): Promise<string> {
    const name = join("files", `${fingerprint.slice(0, 16)}-${basename(file)}`);
    await mkdir(join(this.#folder, "files"), { recursive: true });
    const target = join(this.#folder, name);
    await copyFile(resolve(this.#base, file), `${target}.partial`, constants.COPYFILE_FICLONE);
    const handle = await open(`${target}.partial`, "r+");
    await handle.sync();
    await handle.close();
    await rename(`${target}.partial`, target);
    return name;
  }

  async abandon(): Promise<void> {
    await this.#handle.close();
    await rm(join(this.#folder, `${this.#name}.partial`), { force: true });
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function appendDurably(path: string, text: string): Promise<void> {
  const handle = await open(path, "a+");
  try {
    // A torn line of an earlier crash must not swallow this one.
    const { size } = await handle.stat();
    const last = Buffer.alloc(1);
    if (size > 0) await handle.read(last, 0, 1, size - 1);
    await appendFile(handle, size > 0 && last[0] !== 10 ? `\n${text}` : text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function listRuns(folder: string): ReturnType<QuarantineStore["runs"]> {
  const names = await readdir(folder).catch(() => []);
  const complete: QuarantineRun[] = [];
  for (const name of names.filter((each) => each.endsWith(".jsonl") && each !== "trail.jsonl").sort()) {
    const run = await readEnd(join(folder, name));
    if (run !== null) complete.push(run);
  }
  return {
    complete,
    interrupted: names.filter((name) => name.endsWith(".partial")).map((name) => name.replace(/\.partial$/, "")),
  };
}

/** The last line of a run, read from the end of the file. */
async function readEnd(path: string): Promise<QuarantineRun | null> {
  const handle = await open(path, "r");
  try {
    const { size } = await handle.stat();
    for (let length = Math.min(size, 65_536); ; length = Math.min(size, length * 8)) {
      const tail = Buffer.alloc(length);
      await handle.read(tail, 0, length, size - length);
      const start = tail.lastIndexOf(10, length - 2);
      if (start === -1 && length < size) continue;
      const value = JSON.parse(tail.subarray(start + 1).toString("utf8")) as { end?: QuarantineRun };
      return value.end ?? null;
    }
  } catch {
    return null;
  } finally {
    await handle.close();
  }
}

async function* readRows(folder: string, run: string): AsyncGenerator<QuarantinedRow> {
  if (/[\\/]/.test(run)) throw new Failure("USAGE", { message: `"${run}" is no name of a run` });
  const complete = join(folder, `${run}.jsonl`);
  const path = (await exists(complete)) ? complete : join(folder, `${run}.partial`);
  if (!(await exists(path)))
    throw new Failure("FILE_MISSING", {
      message: `there is no quarantine run "${run}" in ${folder}`,
      mend: ["umpire quarantine list"],
    });
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
    if (line === "") continue;
    let value: QuarantinedRow | { end: QuarantineRun };
    try {
      value = JSON.parse(line) as QuarantinedRow | { end: QuarantineRun };
    } catch {
      // The torn last line of an interrupted run.
      return;
    }
    if (!("end" in value)) yield value;
  }
}

async function exists(path: string): Promise<boolean> {
  return open(path).then(
    (handle) => handle.close().then(() => true),
    () => false,
  );
}

async function readTrail(folder: string): Promise<TrailEntry[]> {
  const text = await readFile(join(folder, "trail.jsonl"), "utf8").catch(() => "");
  return text.split("\n").flatMap((line) => {
    try {
      return line === "" ? [] : [JSON.parse(line) as TrailEntry];
    } catch {
      return [];
    }
  });
}

async function keepMended(
  folder: string,
  run: QuarantineRun,
  header: string | null,
  rows: AsyncIterable<string>,
): Promise<string> {
  const base = basename(run.copy ?? run.run);
  const taken = await readdir(join(folder, "files"));
  let number = 1;
  while (taken.includes(`mended-${number}-${base.replace(/\.gz$/, "")}`)) number++;
  const name = join("files", `mended-${number}-${base.replace(/\.gz$/, "")}`);
  const handle = await open(join(folder, `${name}.partial`), "w");
  let buffer = header === null ? "" : `${header}\n`;
  for await (const row of rows) {
    buffer += `${row}\n`;
    if (buffer.length < flushAt) continue;
    await handle.writeFile(buffer);
    buffer = "";
  }
  await handle.writeFile(buffer);
  await handle.sync();
  await handle.close();
  await rename(join(folder, `${name}.partial`), join(folder, name));
  return name;
}

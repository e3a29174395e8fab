import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { files, openEngine, quoted, segmentTable } from "./event-tables.ts";

export interface Rotation {
  readonly segments: number;
  readonly rows: number;
}

/**
 * Turns closed segments into Parquet files by kind, model and day: `parquet/KIND/MODEL/DAY/SEGMENT.parquet`. Each file
 * appears whole; a segment is removed when all of its files are there, so that a crash in between only repeats work.
 */
export async function rotateSegments(folder: string): Promise<Rotation> {
  const segments = files(join(folder, "closed"), ".jsonl");
  if (segments.length === 0) return { segments: 0, rows: 0 };
  const instance = await openEngine({ threads: "1", memory_limit: "512MB" });
  const connection = await instance.connect();
  let rows = 0;
  try {
    for (const segment of segments) {
      await connection.run(
        `create or replace temp table lines as select *, coalesce(model, '_') as part_model, strftime(epoch_ms(cast("at" as bigint)), '%Y-%m-%d') as part_day from ${segmentTable([segment])} where kind is not null`,
      );
      const parts = await connection.runAndReadAll(
        "select kind, part_model, part_day, count(*)::integer from lines group by all",
      );
      for (const [kind, model, day, count] of parts.getRows()) {
        const target = join(
          folder,
          "parquet",
          String(kind),
          folderName(String(model)),
          String(day),
          `${basename(segment, ".jsonl")}.parquet`,
        );
        mkdirSync(dirname(target), { recursive: true });
        const beside = `${target}.new`;
        await connection.run(
          `copy (select * exclude (part_model, part_day) from lines where kind = ${quoted(String(kind))} and part_model = ${quoted(String(model))} and part_day = ${quoted(String(day))} order by "at") to ${quoted(beside)} (format parquet, compression zstd)`,
        );
        sync(beside);
        renameSync(beside, target);
        sync(dirname(target));
        rows += Number(count);
      }
      rmSync(segment);
    }
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
  return { segments: segments.length, rows };
}

/** Removes days that are older than the retention. @returns the files removed */
export function removeExpired(folder: string, retentionDays: number, now: number): number {
  const oldest = new Date(now - retentionDays * 86_400_000).toISOString().slice(0, 10);
  let removed = 0;
  for (const path of files(join(folder, "parquet"), ".parquet")) {
    if (basename(dirname(path)) >= oldest) continue;
    rmSync(path);
    removed++;
  }
  return removed;
}

/** A model's name as the name of a folder: nothing in it can leave the folder. */
function folderName(model: string): string {
  return encodeURIComponent(model).replaceAll(".", "%2E").replaceAll("*", "%2A").slice(0, 200);
}

function sync(path: string): void {
  if (!existsSync(path)) return;
  const fd = openSync(path, "r");
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

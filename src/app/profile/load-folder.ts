import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { Failure } from "../../core/failures.ts";
import type { Frame } from "../../core/profile/frame.ts";
import type { Profile } from "../../core/profile/profile.ts";
import type { FrameDocument, PeriodDocument } from "../../core/profile/profile-document.ts";
import { readFrameDocument, readPeriodDocument, readProfileDocument } from "../../core/profile/profile-document.ts";
import type { SavedProfile } from "./saved-profile.ts";

/**
 * The profile of one accepted load, schema "umpire.load/1", in `loads/CONTRACT/`. Its frame lies beside it, once for all
 * loads, in `frame-ID.json` (schema "umpire.frame/1"): together they are what an `umpire.profile/1` holds.
 */
export interface LoadDocument {
  readonly schema: "umpire.load/1";
  readonly contract: string;
  readonly file: string;
  readonly fingerprint: string;
  /** When it was accepted, RFC 3339. */
  readonly at: string;
  /** Id of the frame that it counts on. */
  readonly frame: string;
  /** The contract's time column, from the oldest to the newest row; null without one: the load then stands at `at`. */
  readonly time: string | null;
  readonly profile: PeriodDocument;
}

export interface StoredFrame {
  readonly schema: "umpire.frame/1";
  readonly frame: FrameDocument;
}

export function frameFile(id: string): string {
  return `frame-${id}.json`;
}

/** Names in order of time; the fingerprint tells loads of one millisecond apart. */
export function loadFile(at: number, fingerprint: string): string {
  return `${new Date(at).toISOString().replaceAll(/[-:]/g, "").replace(".", "-")}-${fingerprint.slice(0, 12)}.json`;
}

/** The frame of this id that is kept in the folder; null where there is none. */
export async function readFrame(folder: string, id: string): Promise<Frame | null> {
  const text = await readFile(join(folder, frameFile(id)), "utf8").catch(() => null);
  return text === null ? null : readFrameDocument(parse<StoredFrame>(text, join(folder, frameFile(id))).frame);
}

/** A load's profile on the frame; null where it is not kept, or counts on another. */
export async function readLoad(path: string, frame: Frame): Promise<Profile | null> {
  const text = await readFile(path, "utf8").catch(() => null);
  if (text === null) return null;
  const load = parse<LoadDocument>(text, path);
  return load.frame === frame.id ? readPeriodDocument(frame, load.profile) : null;
}

/**
 * The accepted loads kept in a folder (`.umpire/loads/CONTRACT`) as one saved profile with a period a load, on the frame
 * of the newest; null where the folder holds no loads.
 * @throws Failure RECORD when a file in it is damaged
 */
export async function readLoadFolder(folder: string): Promise<SavedProfile | null> {
  const names = await readdir(folder).catch(() => []);
  const files = names.filter((name) => /^\d{8}T\d{6}-\d{3}Z-[0-9a-f]+\.json$/.test(name)).sort();
  if (files.length === 0) return null;
  const loads: LoadDocument[] = [];
  for (const name of files)
    loads.push(parse<LoadDocument>(await readFile(join(folder, name), "utf8"), join(folder, name)));
  const newest = loads.at(-1)!;
  const frameText = await readFile(join(folder, frameFile(newest.frame)), "utf8").catch(() => null);
  if (frameText === null) {
    throw new Failure("RECORD", {
      where: folder,
      message: `${frameFile(newest.frame)} is missing: what the loads count on`,
      mend: ["restore the folder from a copy, or begin anew: move it away and check the files again"],
    });
  }
  const stored = parse<StoredFrame>(frameText, join(folder, frameFile(newest.frame)));
  const kept = loads.filter((load) => load.frame === newest.frame);
  const document = {
    schema: "umpire.profile/1" as const,
    source: {
      files: kept.map((load) => load.file),
      rows: kept.reduce((sum, load) => sum + load.profile.rows, 0),
      fingerprint: null,
    },
    time: { column: newest.time ?? "", by: "load" },
    frame: stored.frame,
    periods: kept.map((load) => load.profile),
  };
  return { document, ...readProfileDocument(document), otherFrames: loads.length - kept.length };
}

function parse<T>(text: string, where: string): T {
  try {
    return JSON.parse(text) as T;
  } catch (cause) {
    throw new Failure("RECORD", { where, message: "this load's profile is not whole JSON", cause });
  }
}

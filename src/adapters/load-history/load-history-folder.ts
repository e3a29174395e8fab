import { appendFile, mkdir, open, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import type { Load, LoadHistory } from "../../app/ports/load-history.ts";
import {
  frameFile,
  type LoadDocument,
  loadFile,
  readFrame,
  readLoad,
  type StoredFrame,
} from "../../app/profile/load-folder.ts";
import type { Profile } from "../../core/profile/profile.ts";
import { frameDocument, periodDocument } from "../../core/profile/profile-document.ts";

/**
 * Accepted loads as JSON lines, one file a contract: `loads/income.jsonl`; their profiles in `loads/income/`. The profile
 * is written first, so that a line stands for a load that is whole.
 */
export function createLoadHistory(folder: string): LoadHistory {
  const nameOf = (contract: string): string => contract.replace(/[^A-Za-z0-9._-]+/g, "-").slice(0, 80);
  const listOf = (contract: string): string => join(folder, `${nameOf(contract)}.jsonl`);
  const profilesOf = (contract: string): string => join(folder, nameOf(contract));
  const read = async (contract: string): Promise<Load[]> => {
    const text = await readFile(listOf(contract), "utf8").catch(() => "");
    return text.split("\n").flatMap((line) => {
      try {
        return line === "" ? [] : [JSON.parse(line) as Load];
      } catch {
        return [];
      }
    });
  };
  return {
    read,
    frame: (contract, id) => readFrame(profilesOf(contract), id),
    async profiles(contract, frame, loads) {
      const kept = await Promise.all(
        loads
          .filter((load) => load.frame === frame.id)
          .map((load) => readLoad(join(profilesOf(contract), loadFile(load.at, load.fingerprint)), frame)),
      );
      return kept.filter((profile) => profile !== null);
    },
    async append(contract, load, profile, time) {
      await mkdir(folder, { recursive: true });
      const earlier = await read(contract);
      // The same file checked twice is one load.
      if (earlier.some((each) => each.fingerprint === load.fingerprint && each.file === load.file)) return;
      if (profile !== null) await keepProfile(profilesOf(contract), contract, load, profile, time);
      const handle = await open(listOf(contract), "a+");
      try {
        const { size } = await handle.stat();
        const last = Buffer.alloc(1);
        if (size > 0) await handle.read(last, 0, 1, size - 1);
        await appendFile(handle, `${size > 0 && last[0] !== 10 ? "\n" : ""}${JSON.stringify(load)}\n`);
        await handle.sync();
      } finally {
        await handle.close();
      }
    },
  };
}

async function keepProfile(
  folder: string,
  contract: string,
  load: Load,
  profile: Profile,
  time: string | null,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const frame: StoredFrame = { schema: "umpire.frame/1", frame: frameDocument(profile.frame) };
  if ((await readFrame(folder, profile.frame.id)) === null)
    await writeWhole(join(folder, frameFile(profile.frame.id)), frame);
  const iso = (at: number): string => new Date(at).toISOString();
  const from = load.oldest ?? load.at;
  const document: LoadDocument = {
    schema: "umpire.load/1",
    contract,
    file: load.file,
    fingerprint: load.fingerprint,
    at: iso(load.at),
    frame: profile.frame.id,
    time: load.newest === null ? null : time,
    profile: periodDocument(profile, iso(from), iso((load.newest ?? load.at) + 1)),
  };
  await writeWhole(join(folder, loadFile(load.at, load.fingerprint)), document);
}

/** The file appears whole or not at all. */
async function writeWhole(path: string, content: unknown): Promise<void> {
  const handle = await open(`${path}.partial`, "w");
  try {
    await handle.writeFile(`${JSON.stringify(content)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(`${path}.partial`, path);
}

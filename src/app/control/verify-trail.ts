import { ChainReader } from "../../core/audit/audit-chain.ts";
import type { ArtifactStore } from "../ports/artifact-store.ts";
import type { ControlStore, DigestCheck, StateReader } from "../ports/control-store.ts";

export interface TrailCheck {
  readonly sound: boolean;
  /** Entries that were read and fit. */
  readonly entries: number;
  readonly head: { readonly sequence: number; readonly hash: string };
  /** What is wrong, as sentences; none where all is sound. */
  readonly problems: readonly string[];
}

const PAGE = 1000;
const MOST_PROBLEMS = 20;

/**
 * Checks that nothing was changed behind the trail's back: the chain itself, that what is stored is what the trail says
 * was stored last, that the files are what their names say, and that the trail still holds an entry noted elsewhere.
 * @param noted sequence and hash of an entry that someone wrote down: finds a trail that was cut or made anew
 */
export async function verifyTrail(
  store: ControlStore,
  artifacts: ArtifactStore,
  noted: { readonly sequence: number; readonly hash: string } | null,
): Promise<TrailCheck> {
  const problems = await store.problems();
  const head = await store.read(async (state) => {
    const latest = new Map<string, string | null>();
    const reader = await readChain(state, noted, problems, latest);
    if (problems.length === 0) compareWithTrail(await state.digests(), latest, problems);
    return reader.head;
  });
  for (const digest of await artifacts.damaged()) {
    problems.push(`the file ${digest} does not have the content of its name`);
  }
  return { sound: problems.length === 0, entries: head.sequence, head, problems: problems.slice(0, MOST_PROBLEMS) };
}

/** @param latest gets the digest that the trail names last, for each thing */
async function readChain(
  state: StateReader,
  noted: { readonly sequence: number; readonly hash: string } | null,
  problems: string[],
  latest: Map<string, string | null>,
): Promise<ChainReader> {
  const reader = new ChainReader();
  let metNoted = noted === null;
  for (;;) {
    const page = await state.audit({ after: reader.head.sequence, limit: PAGE });
    for (const entry of page) {
      const broken = reader.read(entry);
      if (broken !== null) {
        problems.push(broken.message);
        return reader;
      }
      latest.set(`${entry.kind} ${entry.id}`, entry.after);
      if (entry.sequence !== noted?.sequence) continue;
      metNoted = true;
      if (entry.hash !== noted.hash) problems.push(`entry ${noted.sequence} is not the one that was noted`);
    }
    if (page.length < PAGE) break;
  }
  if (!metNoted) problems.push(`the trail ends at ${reader.head.sequence}, before the noted entry ${noted?.sequence}`);
  return reader;
}

/** Every stored document must be the one that the trail names last, and nothing that it names may be gone. */
function compareWithTrail(
  stored: readonly DigestCheck[],
  latest: Map<string, string | null>,
  problems: string[],
): void {
  for (const { kind, id, digest, recomputed } of stored) {
    const name = `${kind} ${id}`;
    const wanted = latest.get(name) ?? null;
    latest.delete(name);
    if (digest !== recomputed) problems.push(`${name} was changed after it was written`);
    else if (wanted === null) problems.push(`${name} is stored, but the trail does not know it`);
    else if (wanted !== digest) problems.push(`${name} is not what the trail says was written last`);
  }
  for (const [name, digest] of latest) {
    if (digest !== null) problems.push(`${name} is gone without an entry in the trail`);
  }
}

import type { Dictionary } from "../tables/table.ts";
import type { ColumnProfile } from "./column-profile.ts";
import { keepMostFrequent, unseenNameLimit } from "./column-profile.ts";
import type { CategoryFrame } from "./frame.ts";
import { containsHash, rareBin, unseenBin } from "./frame.ts";
import { hashText, registerBits } from "./hyperloglog.ts";

/** Per dictionary code: the bin of the frame, and the hash of the text. */
export interface CodeMap {
  readonly bins: Uint16Array;
  readonly hashes: Uint32Array;
  readonly texts: readonly string[];
}

/** Translates a dictionary to the bins of a frame, once for all blocks that share it. */
export function mapDictionary(frame: CategoryFrame, dictionary: Dictionary): CodeMap {
  const texts = dictionary.texts;
  const known = new Map(frame.values.map((value, index) => [value, index]));
  const bins = new Uint16Array(texts.length);
  const hashes = new Uint32Array(texts.length);
  for (let code = 0; code < texts.length; code++) {
    const hash = hashText(texts[code]!);
    hashes[code] = hash;
    bins[code] = known.get(texts[code]!) ?? (containsHash(frame.rare, hash) ? rareBin(frame) : unseenBin(frame));
  }
  return { bins, hashes, texts };
}

/** Counts rows [from, to) of a category column into `profile`. */
export function updateCategory(
  profile: ColumnProfile,
  map: CodeMap,
  codes: Uint8Array | Uint16Array | Uint32Array,
  from: number,
  to: number,
): void {
  const { counts, registers, unseen } = profile;
  const { bins, hashes, texts } = map;
  const size = texts.length;
  const unseenAt = unseenBin(profile.frame as CategoryFrame);
  let nulls = 0;
  for (let row = from; row < to; row++) {
    const code = codes[row]!;
    if (code >= size) {
      nulls++;
      continue;
    }
    const bin = bins[code]!;
    counts[bin]! += 1;
    const hash = hashes[code]!;
    const rank = Math.min(33 - registerBits, Math.clz32(hash << registerBits) + 1);
    const register = hash >>> (32 - registerBits);
    if (rank > registers[register]!) registers[register] = rank;
    if (bin === unseenAt) {
      const text = texts[code]!;
      const before = unseen.get(text);
      if (before !== undefined || unseen.size < 4 * unseenNameLimit) unseen.set(text, (before ?? 0) + 1);
    }
  }
  profile.rows += to - from;
  profile.nulls += nulls;
  if (unseen.size > unseenNameLimit) keepMostFrequent(unseen, unseenNameLimit);
}

/** Counts rows [from, to) of a boolean column (1, 0, 255 for null) into `profile`. */
export function updateBoolean(profile: ColumnProfile, values: Uint8Array, from: number, to: number): void {
  const frame = profile.frame as CategoryFrame;
  let yes = 0;
  let no = 0;
  for (let row = from; row < to; row++) {
    if (values[row] === 1) yes++;
    else if (values[row] === 0) no++;
  }
  profile.rows += to - from;
  profile.nulls += to - from - yes - no;
  for (const [text, count] of [
    ["true", yes],
    ["false", no],
  ] as const) {
    if (count === 0) continue;
    const known = frame.values.indexOf(text);
    profile.counts[known >= 0 ? known : unseenBin(frame)]! += count;
    if (known < 0) profile.unseen.set(text, (profile.unseen.get(text) ?? 0) + count);
    const hash = hashText(text);
    const rank = Math.min(33 - registerBits, Math.clz32(hash << registerBits) + 1);
    const register = hash >>> (32 - registerBits);
    if (rank > profile.registers[register]!) profile.registers[register] = rank;
  }
}

import type { Dictionary } from "../tables/table.ts";
import type { BinLookup } from "./bin-lookup.ts";
import { findBin } from "./bin-lookup.ts";
import type { ColumnProfile } from "./column-profile.ts";
import { keepMostFrequent, wordCells, wordLimit } from "./column-profile.ts";
import { containsHash } from "./frame.ts";
import { enterHash, hashText } from "./hyperloglog.ts";
import { textFeatures } from "./text-features.ts";

/** Counts rows [from, to) of a text column into `profile`: length, language, words, unknown words. */
export function updateText(
  profile: ColumnProfile,
  lookup: BinLookup,
  dictionary: Dictionary,
  codes: Uint8Array | Uint16Array | Uint32Array,
  from: number,
  to: number,
): void {
  const frame = profile.frame;
  const text = profile.text;
  if (frame.kind !== "text" || text === null) return;
  for (let row = from; row < to; row++) {
    const value = dictionary.texts[codes[row]!];
    if (value === undefined) {
      profile.nulls++;
      continue;
    }
    const features = textFeatures(value);
    enterHash(profile.registers, hashText(value));
    enterLength(profile, lookup, features.length, frame.centre, frame.scale);
    text.byLanguage[features.language]! += 1;
    text.words += features.words.length;
    for (let i = 0; i < features.words.length; i++) {
      const hash = features.wordHashes[i]!;
      text.cells[hash % wordCells]! += 1;
      const known = containsHash(frame.words, hash);
      if (!known) text.unknownWords++;
      const counts = known ? text.known : text.unknown;
      const word = features.words[i]!;
      counts.set(word, (counts.get(word) ?? 0) + 1);
    }
    if (text.known.size > 2 * wordLimit) keepMostFrequent(text.known, wordLimit);
    if (text.unknown.size > 2 * wordLimit) keepMostFrequent(text.unknown, wordLimit);
  }
  profile.rows += to - from;
}

function enterLength(profile: ColumnProfile, lookup: BinLookup, length: number, centre: number, scale: number): void {
  profile.counts[findBin(lookup, length)]! += 1;
  profile.min = Math.min(profile.min, length);
  profile.max = Math.max(profile.max, length);
  const z = (length - centre) / scale;
  profile.powers[0]! += z;
  profile.powers[1]! += z * z;
  profile.powers[2]! += z ** 3;
  profile.powers[3]! += z ** 4;
}

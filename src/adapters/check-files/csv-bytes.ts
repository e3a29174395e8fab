import { isUtf8 } from "node:buffer";

/** Position of the first byte that is not part of valid UTF-8. */
export function firstInvalid(bytes: Buffer): number {
  let [low, high] = [0, bytes.length];
  // The longest valid prefix; a cut inside of a character counts as valid so far.
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    const prefix = bytes.subarray(0, middle);
    const whole = [0, 1, 2, 3].some(
      (cut) => middle > cut && isUtf8(prefix.subarray(0, middle - cut)) && (cut === 0 || bytes[middle - cut]! >= 0xc2),
    );
    if (whole || middle === 0) low = middle;
    else high = middle - 1;
  }
  let start = low;
  while (start > 0 && !isUtf8(bytes.subarray(0, start))) start--;
  return start;
}

/** Line ends of old files (CR alone) as line feeds; a copy. */
export function withLineFeeds(chunk: Buffer): Buffer {
  const copy = Buffer.from(chunk);
  for (let i = 0; i < copy.length; i++) if (copy[i] === 13) copy[i] = 10;
  return copy;
}

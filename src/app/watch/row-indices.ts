/** Rows that a mask lets through, ascending. */
export function indexOf(mask: Uint8Array): number[] {
  const index: number[] = [];
  for (let i = 0; i < mask.length; i++) if (mask[i] === 1) index.push(i);
  return index;
}

/** One list after the other. */
export function concatenate(parts: readonly Uint32Array[]): Uint32Array {
  const out = new Uint32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Base64 (RFC 4648, section 4) with padding; by hand, because it must run in Node and in any browser alike. */
export function toBase64(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let i = 0; i < bytes.length; i += 3) {
    const a = bytes[i] ?? 0;
    const b = bytes[i + 1] ?? 0;
    const c = bytes[i + 2] ?? 0;
    const left = bytes.length - i;
    parts.push(
      LETTERS.charAt(a >> 2) +
        LETTERS.charAt(((a & 3) << 4) | (b >> 4)) +
        (left > 1 ? LETTERS.charAt(((b & 15) << 2) | (c >> 6)) : "=") +
        (left > 2 ? LETTERS.charAt(c & 63) : "="),
    );
  }
  return parts.join("");
}

const VALUES = new Uint8Array(128);
for (let i = 0; i < LETTERS.length; i++) VALUES[LETTERS.charCodeAt(i)] = i;

export function fromBase64(text: string): Uint8Array {
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  const at = (i: number): number => VALUES[text.charCodeAt(i)] ?? 0;
  for (let i = 0, out = 0; i < text.length; i += 4, out += 3) {
    const bits = (at(i) << 18) | (at(i + 1) << 12) | (at(i + 2) << 6) | at(i + 3);
    bytes[out] = bits >> 16;
    if (out + 1 < bytes.length) bytes[out + 1] = (bits >> 8) & 255;
    if (out + 2 < bytes.length) bytes[out + 2] = bits & 255;
  }
  return bytes;
}

import { Failure } from "../failures.ts";

/** Base64 (RFC 4648) of bytes, without the machine's own functions so that it runs anywhere. */
const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const codeOf = new Uint8Array(128).fill(255);
for (let i = 0; i < 64; i++) codeOf[alphabet.charCodeAt(i)] = i;

export function toBase64(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let i = 0; i < bytes.length; i += 3) {
    const left = bytes.length - i;
    const group = (bytes[i]! << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    parts.push(
      alphabet[group >>> 18]! +
        alphabet[(group >>> 12) & 63]! +
        (left > 1 ? alphabet[(group >>> 6) & 63]! : "=") +
        (left > 2 ? alphabet[group & 63]! : "="),
    );
  }
  return parts.join("");
}

export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const end = text.replace(/=+$/, "").length;
  if (text.length % 4 !== 0) throw damaged("base64 of a wrong length");
  const bytes = new Uint8Array(Math.floor((end * 3) / 4));
  let group = 0;
  let at = 0;
  for (let i = 0; i < end; i++) {
    const code = codeOf[text.charCodeAt(i)] ?? 255;
    if (code === 255) throw damaged("a character that is not base64");
    group = (group << 6) | code;
    const phase = i % 4;
    if (phase > 0) bytes[at++] = (group >>> (6 - 2 * phase)) & 255;
    if (phase === 3) group = 0;
  }
  return bytes;
}

/** Whole numbers as base64 of variable-length integers (7 bits a byte, low first); a zero is followed by how many zeros there are. */
export function packCounts(counts: ArrayLike<number>): string {
  const bytes: number[] = [];
  const enter = (value: number): void => {
    let rest = value;
    while (rest >= 128) {
      bytes.push((rest % 128) | 128);
      rest = Math.floor(rest / 128);
    }
    bytes.push(rest);
  };
  for (let i = 0; i < counts.length; i++) {
    const count = counts[i]!;
    enter(count);
    if (count !== 0) continue;
    let zeros = 1;
    while (i + 1 < counts.length && counts[i + 1] === 0) {
      zeros++;
      i++;
    }
    enter(zeros);
  }
  return toBase64(Uint8Array.from(bytes));
}

/** @throws Failure RECORD unless the text holds exactly `length` numbers */
export function unpackCounts(text: string, length: number): Float64Array {
  const bytes = fromBase64(text);
  const counts = new Float64Array(length);
  let position = 0;
  const take = (): number => {
    let value = 0;
    let weight = 1;
    for (;;) {
      const byte = bytes[position++];
      if (byte === undefined || weight > 2 ** 49) throw damaged("packed counts that end early");
      value += (byte & 127) * weight;
      if (byte < 128) return value;
      weight *= 128;
    }
  };
  let at = 0;
  while (at < length && position < bytes.length) {
    const value = take();
    if (value === 0) at += take();
    else counts[at++] = value;
  }
  if (at !== length || position !== bytes.length) throw damaged("packed counts of a wrong length");
  return counts;
}

/** Doubles as base64 of their bytes, little endian. */
export function packDoubles(values: Float64Array): string {
  const view = new DataView(new ArrayBuffer(values.length * 8));
  for (let i = 0; i < values.length; i++) view.setFloat64(8 * i, values[i]!, true);
  return toBase64(new Uint8Array(view.buffer));
}

export function unpackDoubles(text: string): Float64Array {
  const bytes = fromBase64(text);
  if (bytes.length % 8 !== 0) throw damaged("packed numbers of a wrong length");
  const view = new DataView(bytes.buffer);
  return Float64Array.from({ length: bytes.length / 8 }, (_, i) => view.getFloat64(8 * i, true));
}

function damaged(what: string): Failure {
  return new Failure("RECORD", {
    message: `the profile is damaged: it holds ${what}`,
    mend: ["make it again from the data: umpire profile DATA"],
  });
}

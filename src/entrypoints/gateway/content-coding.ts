import { deflate, gunzip, gzip, inflate, inflateRaw } from "node:zlib";
import { RequestFailure } from "../../core/serving/feature-record.ts";

export type Coding = "gzip" | "deflate";

/**
 * How a body is packed, from its `Content-Encoding`; null: it is not.
 * @throws RequestFailure 415 naming a coding that is not known
 */
export function codingOf(header: string | undefined): Coding | null {
  switch (header?.trim().toLowerCase()) {
    case undefined:
    case "":
    case "identity":
      return null;
    case "gzip":
    case "x-gzip":
      return "gzip";
    case "deflate":
      return "deflate";
    default:
      throw new RequestFailure(`content encoding "${header!.slice(0, 40)}" is not known; gzip, deflate`, 415);
  }
}

/** Unpacks a body off the main thread. @throws RequestFailure 413 beyond the limit, 400 where it is badly packed or cut */
export function unpack(bytes: Buffer, coding: Coding, limit: number): Promise<Buffer> {
  const read = coding === "gzip" ? gunzip : hasZlibHeader(bytes) ? inflate : inflateRaw;
  return new Promise((resolve, reject) => {
    read(bytes, { maxOutputLength: limit }, (error, unpacked) => {
      if (error === null) resolve(unpacked);
      else if ((error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE")
        reject(new RequestFailure(`the body has more than ${limit} bytes`, 413));
      else reject(new RequestFailure(`the body cannot be unpacked: ${error.message}`));
    });
  });
}

/** `deflate` is the zlib format by the standard, and the bare stream by many a client. */
function hasZlibHeader(bytes: Buffer): boolean {
  return bytes.length >= 2 && (bytes[0]! & 0x0f) === 8 && bytes.readUInt16BE(0) % 31 === 0;
}

/** What a client takes an answer packed as, by its `Accept-Encoding` with weights; null: as it is. */
export function acceptedCoding(header: string | undefined): Coding | null {
  if (header === undefined) return null;
  const weights = new Map<string, number>();
  for (const part of header.toLowerCase().split(",", 20)) {
    const [name = "", ...parameters] = part.split(";").map((text) => text.trim());
    const weight = parameters.find((text) => /^q\s*=/.test(text))?.split("=")[1];
    weights.set(name === "x-gzip" ? "gzip" : name, weight === undefined ? 1 : Number(weight) || 0);
  }
  const weightOf = (coding: Coding): number => weights.get(coding) ?? weights.get("*") ?? 0;
  const best: Coding = weightOf("deflate") > weightOf("gzip") ? "deflate" : "gzip";
  return weightOf(best) > 0 && weightOf(best) >= (weights.get("identity") ?? 0) ? best : null;
}

/** Packs an answer off the main thread. */
export function pack(bytes: Buffer, coding: Coding): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    (coding === "gzip" ? gzip : deflate)(bytes, (error, packed) => (error === null ? resolve(packed) : reject(error)));
  });
}

import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";

/** Bytes unpacked beyond which a ratio is looked at, and the ratio that no honest table reaches. */
const bombBytes = 256 * 1024 * 1024;
const bombRatio = 400;
const readSize = 1 << 20;

export type StreamTrouble =
  | { readonly kind: "truncated"; readonly unpacked: number }
  | { readonly kind: "damaged"; readonly unpacked: number; readonly reason: string }
  | { readonly kind: "bomb"; readonly unpacked: number; readonly packed: number };

/** Reads a file once, in pieces: hashes the bytes as they are, unpacks, turns UTF-16 into UTF-8. */
export class ByteSource {
  readonly #open: () => Readable;
  readonly #gzip: boolean;
  readonly #encoding: string;
  readonly #hash: Hash = createHash("sha256");
  #digest: string | null = null;
  packedBytes = 0;
  unpackedBytes = 0;
  /** Set when the compressed stream broke; what was unpacked before was handed out. */
  trouble: StreamTrouble | null = null;

  constructor(from: string | Buffer, options: { readonly gzip: boolean; readonly encoding: string }) {
    this.#open = () =>
      typeof from === "string" ? createReadStream(from, { highWaterMark: readSize }) : Readable.from([from]);
    this.#gzip = options.gzip;
    this.#encoding = options.encoding;
  }

  async *chunks(): AsyncGenerator<Buffer> {
    const decoder = this.#encoding === "utf-8" ? null : new TextDecoder(this.#encoding);
    for await (const chunk of this.#gzip ? this.#unpacked() : this.#counted()) {
      this.unpackedBytes += chunk.length;
      yield decoder === null ? chunk : Buffer.from(decoder.decode(chunk, { stream: true }));
    }
    const rest = decoder?.decode() ?? "";
    if (rest !== "") yield Buffer.from(rest);
  }

  async *#counted(): AsyncGenerator<Buffer> {
    for await (const chunk of this.#open() as AsyncIterable<Buffer>) {
      this.packedBytes += chunk.length;
      this.#hash.update(chunk);
      yield chunk;
    }
  }

  async *#unpacked(): AsyncGenerator<Buffer> {
    const gunzip = createGunzip({ chunkSize: 1 << 18 });
    const input = Readable.from(this.#counted(), { objectMode: false, highWaterMark: readSize });
    input.on("error", (error) => gunzip.destroy(error));
    input.pipe(gunzip);
    try {
      for await (const chunk of gunzip as AsyncIterable<Buffer>) {
        yield chunk;
        if (this.unpackedBytes > bombBytes && this.unpackedBytes > this.packedBytes * bombRatio) {
          this.trouble = { kind: "bomb", unpacked: this.unpackedBytes, packed: this.packedBytes };
          return;
        }
      }
    } catch (error) {
      if (!(error instanceof Error) || !("code" in error) || !String(error.code).startsWith("Z_")) throw error;
      this.trouble =
        error.code === "Z_BUF_ERROR"
          ? { kind: "truncated", unpacked: this.unpackedBytes }
          : { kind: "damaged", unpacked: this.unpackedBytes, reason: error.message };
    } finally {
      input.destroy();
      gunzip.destroy();
    }
  }

  /** SHA-256 of the file; reads what is left of it where reading stopped early. */
  async fingerprint(total: number): Promise<string> {
    if (this.#digest !== null) return this.#digest;
    if (this.packedBytes === total) this.#digest = this.#hash.digest("hex");
    else {
      const whole = createHash("sha256");
      for await (const chunk of this.#open() as AsyncIterable<Buffer>) whole.update(chunk);
      this.#digest = whole.digest("hex");
    }
    return this.#digest;
  }
}

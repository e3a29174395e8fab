import { deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { acceptedCoding, codingOf, unpack } from "./content-coding.ts";

test.each([
  [undefined, null],
  ["", null],
  ["identity", null],
  ["br", null],
  ["gzip", "gzip"],
  ["x-gzip", "gzip"],
  ["GZIP", "gzip"],
  ["gzip, deflate, br", "gzip"],
  ["deflate", "deflate"],
  ["*", "gzip"],
  ["gzip;q=0", null],
  ["gzip;q=0, deflate", "deflate"],
  ["gzip;q=0.2, deflate;q=0.8", "deflate"],
  ["*;q=0", null],
  ["identity, gzip;q=0.5", null],
  ["gzip; q=1.0, identity; q=0.5", "gzip"],
  ["gzip;q=high", null],
])("Accept-Encoding %o packs as %o", (header, coding) => {
  expect(acceptedCoding(header)).toBe(coding);
});

test("a body's coding is known whatever its case; others are refused by name with 415", () => {
  expect([
    codingOf(undefined),
    codingOf("Identity"),
    codingOf("GZip"),
    codingOf("x-gzip"),
    codingOf("deflate"),
  ]).toEqual([null, null, "gzip", "gzip", "deflate"]);
  expect(() => codingOf("br")).toThrow(expect.objectContaining({ status: 415 }) as Error);
});

test("gzip and both kinds of deflate are unpacked; what is cut, damaged or grows beyond the limit is refused", async () => {
  const text = Buffer.from("the same again and again ".repeat(100));
  expect(await unpack(gzipSync(text), "gzip", 10_000)).toEqual(text);
  expect(await unpack(deflateSync(text), "deflate", 10_000)).toEqual(text);
  expect(await unpack(deflateRawSync(text), "deflate", 10_000)).toEqual(text);
  await expect(unpack(gzipSync(text), "gzip", 1000)).rejects.toMatchObject({ status: 413 });
  await expect(unpack(gzipSync(text).subarray(0, 40), "gzip", 10_000)).rejects.toMatchObject({ status: 400 });
  await expect(unpack(Buffer.from("plain"), "gzip", 10_000)).rejects.toMatchObject({ status: 400 });
  await expect(unpack(Buffer.alloc(0), "deflate", 10_000)).rejects.toMatchObject({ status: 400 });
});

import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createRandom } from "../statistics/random.ts";
import fixture from "./bucket.fixture.json" with { type: "json" };
import { bucket } from "./bucket.ts";
import { sha256FirstByte, sha256Fraction, sha256Hex, sha256HexOfBytes } from "./sha256.ts";

const byNode = (text: string): string => createHash("sha256").update(text, "utf8").digest("hex");

describe("SHA-256", () => {
  it("equals node's for every length around the block borders and for a long text", () => {
    for (let length = 0; length <= 260; length++) {
      const text = "abcdefghij".repeat(26).slice(0, length);
      expect(sha256Hex(text)).toBe(byNode(text));
    }
    const long = "0123456789é".repeat(50_000);
    expect(sha256Hex(long)).toBe(byNode(long));
    expect(sha256Hex("short after long")).toBe(byNode("short after long"));
  });

  it("equals node's for any text, lone surrogates included", () => {
    const random = createRandom(9);
    for (let i = 0; i < 2000; i++) {
      const units = Array.from({ length: random.nextBelow(30) }, () =>
        random.next() < 0.3 ? 0xd700 + random.nextBelow(0x900) : random.nextBelow(0x10000),
      );
      const text = String.fromCharCode(...units);
      expect(sha256Hex(text)).toBe(byNode(text));
    }
  });

  it("equals node's for bytes", () => {
    const random = createRandom(10);
    for (const length of [0, 1, 55, 56, 63, 64, 65, 1000, 100_000]) {
      const bytes = Uint8Array.from({ length }, () => random.nextBelow(256));
      expect(sha256HexOfBytes(bytes)).toBe(createHash("sha256").update(bytes).digest("hex"));
    }
  });

  it("gives the first byte and the first 52 bits of the digest", () => {
    for (const text of ["", "user-1", "Zoë", "x".repeat(100)]) {
      const hex = byNode(text);
      expect(sha256FirstByte(text)).toBe(Number.parseInt(hex.slice(0, 2), 16));
      expect(sha256Fraction(text)).toBe(Number.parseInt(hex.slice(0, 13), 16) / 2 ** 52);
    }
  });
});

describe("bucket", () => {
  it("equals the language-neutral vectors exactly", () => {
    for (const { salt, unit, sha256, bucket: expected } of fixture.cases) {
      expect(sha256Hex(`${salt}:${unit}`)).toBe(sha256);
      expect(bucket(salt, unit)).toBe(expected);
    }
  });

  it("spreads consecutive units evenly, and independently for two salts", () => {
    const n = 20_000;
    const cells = Array.from({ length: 100 }, () => 0);
    for (let i = 0; i < n; i++) {
      const cell = Math.floor(bucket("one", String(i)) * 10) * 10 + Math.floor(bucket("two", String(i)) * 10);
      cells[cell] = (cells[cell] as number) + 1;
    }
    const chi2 = cells.reduce((sum, count) => sum + (count - n / 100) ** 2 / (n / 100), 0);
    // 99 degrees of freedom: 0.1% beyond 148.2.
    expect(chi2).toBeLessThan(148.2);
  });
});

import { Buffer } from "node:buffer";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, test } from "vitest";
import { createCheckReader } from "../../src/adapters/check-files/check-file-reader.ts";
import { checkFile, type FileCheckResult } from "../../src/app/check/check-file.ts";
import type { Contract } from "../../src/core/data-quality/contract.ts";
import { inferContract } from "../../src/core/data-quality/infer-contract.ts";
import { createRandom } from "../../src/core/statistics/random.ts";

/** A table of orders, made from a seed: what a nightly load looks like. */
function orders(seed: number, rows = 600): string[][] {
  const random = createRandom(seed);
  const pick = (values: readonly string[]): string => values[random.nextBelow(values.length)]!;
  return Array.from({ length: rows }, (_, i) => {
    const price = Math.round(Math.exp(3 + 0.6 * random.nextNormal()) * 100) / 100;
    const time = new Date(Date.UTC(2026, 9, 1) + (seed * rows + i) * 900_000)
      .toISOString()
      .slice(0, 19)
      .replace("T", " ");
    const bought = random.next() < 1 / (1 + Math.exp((20 - price) / 8)) ? "1" : "0";
    return [
      `A-${100_000 + seed * rows + i}`,
      time,
      pick(["DE", "FR", "GB", "US"]),
      price.toFixed(2),
      (random.nextNormal() * 6 + 15).toFixed(1),
      String(random.nextBelow(9) + 1),
      String(random.nextBelow(90_000) + 10_000).padStart(6, "0"),
      bought,
    ];
  });
}

const header = ["order_id", "time", "country", "price", "temperature", "quantity", "zip", "label"];
const csv = (rows: readonly (readonly string[])[], names: readonly string[] = header, delimiter = ","): string =>
  `${[names, ...rows].map((row) => row.join(delimiter)).join("\n")}\n`;
const change = (rows: string[][], column: string, to: (cell: string, row: number) => string): string[][] => {
  const index = header.indexOf(column);
  return rows.map((row, i) => row.map((cell, j) => (j === index ? to(cell, i) : cell)));
};

const reader = createCheckReader((inputs) => Promise.resolve([...inputs]));
const now = Date.UTC(2026, 10, 23);
const folder = mkdtempSync(join(tmpdir(), "umpire-odd-"));
let contract: Contract;

async function check(
  name: string,
  content: string | Buffer,
  against: Contract | null = contract,
): Promise<FileCheckResult> {
  const path = join(folder, name);
  writeFileSync(path, content);
  return checkFile(await reader.open(path), { contract: against, usual: null, now });
}

const fresh = (): string[][] => orders(2);
const lines = (): string[] => csv(fresh()).trimEnd().split("\n");
const says = (result: FileCheckResult): string =>
  result.findings.map((entry) => `${entry.severity} ${entry.check}: ${entry.message}`).join("\n");

beforeAll(async () => {
  const result = await check("reference.csv", csv(orders(1)), null);
  contract = inferContract(result.facts!, { name: "orders" });
});

describe("good files get no finding", () => {
  test("the reference itself, and another load of the same kind", async () => {
    expect(says(await check("a.csv", csv(orders(1))))).toBe("");
    expect(says(await check("b.csv", csv(fresh())))).toBe("");
    expect(says(await check("c.csv", csv(orders(3, 900))))).toBe("");
  });

  test("the same rows with every field in quotes, packed in two parts, or with old line ends", async () => {
    expect(
      says(
        await check(
          "quoted.csv",
          csv(
            fresh().map((row) => row.map((cell) => `"${cell}"`)),
            header.map((name) => `"${name}"`),
          ),
        ),
      ),
    ).toBe("");
    const [first, second] = [lines().slice(0, 300), lines().slice(300)];
    expect(
      says(
        await check(
          "parts.csv.gz",
          Buffer.concat([gzipSync(`${first.join("\n")}\n`), gzipSync(`${second.join("\n")}\n`)]),
        ),
      ),
    ).toBe("");
    expect(says(await check("old.csv", `${lines().join("\r")}\r`))).toBe("");
  });
});

interface Odd {
  readonly name: string;
  readonly file: string;
  readonly make: () => string | Buffer;
  readonly outcome: "ok" | "warning" | "error";
  readonly says: RegExp;
  /** Bad rows that are parted; undefined where the file is refused or nothing is bad. */
  readonly bad?: number;
}

const inserted = (at: number, ...texts: string[]): string =>
  `${lines()
    .toSpliced(at, 0, ...texts)
    .join("\n")}\n`;
const edited = (at: number, to: (line: string) => string): string =>
  `${lines()
    .map((line, i) => (i === at ? to(line) : line))
    .join("\n")}\n`;
const column = (name: string, to: (cell: string, row: number) => string): string => csv(change(fresh(), name, to));

const odd: readonly Odd[] = [
  {
    name: "pipes",
    file: "p.csv",
    make: () => csv(fresh(), header, "|"),
    outcome: "warning",
    says: /delimiter is pipe, not comma/,
  },
  {
    name: "sep= line",
    file: "s.csv",
    make: () => `sep=;\n${csv(fresh(), header, ";")}`,
    outcome: "warning",
    says: /names the delimiter/,
  },
  {
    name: "a quote that is never closed",
    file: "q.csv",
    make: () => edited(50, (line) => line.replace(",", ',"')),
    outcome: "error",
    says: /quote is opened and never closed \(line 51\)/,
    bad: 1,
  },
  {
    name: "text after a closing quote",
    file: "q2.csv",
    make: () => edited(50, (line) => line.replace(/,(\w+),/, ',"x"$1,')),
    outcome: "error",
    says: /text follows a closing quote \(line 51\)/,
    bad: 1,
  },
  {
    name: "the header again",
    file: "h.csv",
    make: () => inserted(100, header.join(",")),
    outcome: "error",
    says: /the header stands again \(line 101\)/,
    bad: 1,
  },
  {
    name: "a total at the end",
    file: "f.csv",
    make: () => `${csv(fresh())}Total,,,12345.00,,,,\n`,
    outcome: "error",
    says: /footer, not a row \(line 602\)/,
    bad: 1,
  },
  {
    name: "a count at the end",
    file: "f2.csv",
    make: () => `${csv(fresh())}(600 rows affected)\n`,
    outcome: "error",
    says: /footer, not a row/,
    bad: 1,
  },
  {
    name: "a title before the header",
    file: "t.csv",
    make: () => `Orders of October,,,,,,,\n,,,,,,,\n${csv(fresh())}`,
    outcome: "warning",
    says: /2 lines before the header/,
  },
  {
    name: "comments",
    file: "c.csv",
    make: () => inserted(100, "# second part"),
    outcome: "warning",
    says: /comment \(line 101\)/,
  },
  {
    name: "blank lines",
    file: "b.csv",
    make: () => inserted(100, "", ""),
    outcome: "warning",
    says: /2 blank lines between rows \(lines 101, 102\)/,
  },
  {
    name: "a delimiter at the end of all lines",
    file: "td.csv",
    make: () =>
      lines()
        .map((line, i) => (i === 0 ? line : `${line},`))
        .join("\n"),
    outcome: "warning",
    says: /rows end with a delimiter/,
  },
  {
    name: "no header",
    file: "nh.csv",
    make: () => lines().slice(1).join("\n"),
    outcome: "error",
    says: /should be the header and looks like data/,
  },
  {
    name: "names that differ in case",
    file: "nc.csv",
    make: () =>
      csv(
        fresh().map((row) => [...row, row[3]!]),
        [...header, "Price"],
      ),
    outcome: "warning",
    says: /'price' and 'Price' differ only in case/,
  },
  {
    name: "a renamed column",
    file: "rn.csv",
    make: () =>
      csv(
        fresh(),
        header.map((name) => (name === "price" ? "unit_cost" : name)),
      ),
    outcome: "error",
    says: /required column price is missing; 'unit_cost' holds what it held/,
  },
  {
    name: "NUL bytes",
    file: "nul.csv",
    make: () => edited(10, (line) => line.replace("-", "\0")),
    outcome: "error",
    says: /NUL bytes \(line 11\)/,
  },
  {
    name: "dates in two ways",
    file: "d.csv",
    make: () => column("time", (cell, i) => (i % 50 === 0 ? `${cell.slice(8, 10)}/${cell.slice(5, 7)}/2026` : cell)),
    outcome: "error",
    says: /time: 12 of 600 values are not times/,
    bad: 12,
  },
  {
    name: "thousands separators",
    file: "ts.csv",
    make: () => column("price", (cell) => `"1,${cell.padStart(6, "0")}"`),
    outcome: "error",
    says: /text with thousands separators/,
  },
  {
    name: "percent signs",
    file: "pc.csv",
    make: () => column("temperature", (cell) => `${cell}%`),
    outcome: "error",
    says: /percentages/,
  },
  {
    name: "lost leading zeros",
    file: "z.csv",
    make: () => column("zip", (cell) => String(Number(cell))),
    outcome: "error",
    says: /do not have 6 characters.*leading zeros lost/,
  },
  {
    name: "epoch seconds for times",
    file: "e.csv",
    make: () => column("time", (cell) => String(Date.parse(`${cell}Z`) / 1000)),
    outcome: "error",
    says: /but epoch seconds/,
  },
  {
    name: "Fahrenheit for Celsius",
    file: "fc.csv",
    make: () => column("temperature", (cell) => (Number(cell) * 1.8 + 32).toFixed(1)),
    outcome: "error",
    says: /Fahrenheit for Celsius/,
  },
  {
    name: "cents for euros in part of the rows",
    file: "ce.csv",
    make: () => column("price", (cell, i) => (i % 30 === 0 ? String(Math.round(Number(cell) * 1000)) : cell)),
    outcome: "error",
    says: /divided by 1000 they would be ordinary/,
    bad: 20,
  },
  {
    name: "minus 999 for null",
    file: "m.csv",
    make: () => column("price", (cell, i) => (i % 30 === 0 ? "-999" : cell)),
    outcome: "error",
    says: /all are −999: a stand-in for null/,
    bad: 20,
  },
  {
    name: "a sensor that got stuck",
    file: "st.csv",
    make: () => column("temperature", (cell, i) => (i >= 300 ? "21.3" : cell)),
    outcome: "warning",
    says: /same value on 300 rows in a row, up to line 601/,
  },
  {
    name: "another coding of countries",
    file: "co.csv",
    make: () => column("country", (cell) => `49${cell.charCodeAt(0)}`),
    outcome: "error",
    says: /none of the 4 known ones/,
  },
  {
    name: "a leak",
    file: "l.csv",
    make: () =>
      csv(
        fresh().map((row) => [...row, row[7] === "1" ? "paid" : "open"]),
        [...header, "status"],
      ),
    outcome: "warning",
    says: /status predicts the label perfectly/,
  },
  {
    name: "the load appended twice",
    file: "dd.csv",
    make: () => csv([...fresh(), ...fresh()]),
    outcome: "error",
    says: /order_id must be unique: 600 repeats/,
  },
  {
    name: "JSON under the name of CSV",
    file: "j.csv",
    make: () =>
      fresh()
        .map((row) =>
          JSON.stringify(
            Object.fromEntries(
              row.map((cell, i) => [header[i]!, /^-?\d+(\.\d+)?$/.test(cell) && i !== 6 ? Number(cell) : cell]),
            ),
          ),
        )
        .join("\n"),
    outcome: "warning",
    says: /content is JSON lines, the name announces CSV/,
  },
  {
    name: "Python dictionaries",
    file: "py.jsonl",
    make: () => "{'a': 1}\n{'a': 2}\n",
    outcome: "error",
    says: /single quotes/,
  },
  {
    name: "a ZIP archive",
    file: "x.csv",
    make: () => Buffer.from("504b0304000000000000", "hex"),
    outcome: "error",
    says: /ZIP archive or an Excel workbook/,
  },
  {
    name: "gzip within gzip",
    file: "g.csv.gz",
    make: () => gzipSync(gzipSync(csv(fresh()))),
    outcome: "error",
    says: /gzip again/,
  },
  {
    name: "UTF-16 without a mark",
    file: "u.csv",
    make: () => Buffer.from(csv(fresh()), "utf16le"),
    outcome: "error",
    says: /encoding is UTF-16LE, without a byte order mark/,
  },
  {
    name: "a header in Latin-1",
    file: "lh.csv",
    make: () =>
      Buffer.from(
        csv(
          fresh(),
          header.map((name) => (name === "country" ? "pays_é" : name)),
        ),
        "latin1",
      ),
    outcome: "error",
    says: /the header \(line 1\) is not valid UTF-8/,
  },
];

describe("odd files are told what is odd", () => {
  test.each(odd)("$name", async ({ file, make, outcome, says: wanted, bad }) => {
    const result = await check(file, make());
    expect(says(result)).toMatch(wanted);
    expect(result.outcome, says(result)).toBe(outcome);
    expect(result.rows.read).toBe(result.rows.accepted + result.rows.quarantined);
    if (bad !== undefined) expect(result.rows.quarantined).toBe(bad);
    if (outcome !== "error") expect(result.rows.quarantined).toBe(0);
  });
});

describe("hostile files are refused within bounds", () => {
  test("a row of 40 MB, 100,000 columns, deep nesting and a bomb of zeros", async () => {
    expect(says(await check("long.csv", `a,b\n1,${"x".repeat(40_000_000)}\n2,3\n`, null))).toMatch(
      /line 2 is longer than 16,777,216 bytes/,
    );
    const wide = Array.from({ length: 100_000 }, (_, i) => `c${i}`).join(",");
    expect(says(await check("wide.csv", `${wide}\n${wide}\n`, null))).toMatch(
      /100,000 columns, at most 16,384 are read/,
    );
    expect(says(await check("deep.json", "[".repeat(1_000_000), null))).toMatch(/nesting of 1,000,000 levels/);
    expect(
      says(await check("deep.jsonl", `{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}\n{"a":1}\n`, null)),
    ).toMatch(/nested deeper than 64 levels \(line 1\)/);
    expect(says(await check("zeros.csv.gz", gzipSync(Buffer.alloc(60_000_000)), null))).toMatch(
      /error (line-too-long|format|compressed|control-bytes)/,
    );
  });

  test("a Parquet footer that lies about its size is an answer, not a crash", async () => {
    const lie = Buffer.concat([
      Buffer.from("PAR1"),
      Buffer.alloc(100),
      Buffer.from([0xff, 0xff, 0xff, 0x7f]),
      Buffer.from("PAR1"),
    ]);
    expect(says(await check("lie.parquet", lie, null))).toMatch(/footer.*damaged/);
    expect(
      says(
        await check(
          "noise.parquet",
          Buffer.concat([Buffer.from("PAR1"), Buffer.alloc(64, 7), Buffer.from([40, 0, 0, 0]), Buffer.from("PAR1")]),
          null,
        ),
      ),
    ).toMatch(/damaged|cannot be read/);
  });
});

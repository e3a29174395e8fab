import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { createCheckReader } from "../../src/adapters/check-files/check-file-reader.ts";
import { checkFile, type FileCheckResult } from "../../src/app/check/check-file.ts";
import type { Contract } from "../../src/core/data-quality/contract.ts";
import { inferContract } from "../../src/core/data-quality/infer-contract.ts";
import { sharedData } from "../shared-data.ts";

interface Case {
  readonly file: string;
  readonly what_is_broken: string;
  readonly severity: "ok" | "info" | "warning" | "error";
}

const casesFile = sharedData("broken/cases.json");
const cases: Case[] = casesFile === null ? [] : (JSON.parse(readFileSync(casesFile, "utf8")) as Case[]);
const reader = createCheckReader((inputs) => Promise.resolve([...inputs]));
const now = Date.UTC(2026, 10, 23, 8);

/** What must be said, beyond the severity: check, column, count, lines, and words of the message. */
interface Expected {
  readonly check: string;
  readonly column?: string;
  readonly count?: number;
  readonly lines?: readonly number[];
  readonly says: RegExp;
  readonly examples?: readonly string[];
}

const expected: Readonly<Record<string, readonly Expected[]>> = {
  "truncated.csv": [
    {
      check: "truncated",
      lines: [598],
      says: /15 fields are there, .*597 rows where the reference has 1,000: likely truncated/,
    },
  ],
  "ragged_rows.csv": [
    {
      check: "field-count",
      count: 4,
      lines: [51, 52, 201, 734],
      says: /4 rows with a field count other than 15: lines 51, 52, 201, 734/,
    },
  ],
  "tab_delimited_named.csv": [{ check: "delimiter", says: /delimiter is tab, not comma/ }],
  "semicolon_decimal_comma.csv": [
    { check: "delimiter", says: /delimiter is semicolon/ },
    { check: "number-format", column: "temp", count: 1462, says: /temp: .* text with decimal commas, not numbers/ },
    { check: "number-format", column: "hum", says: /hum: .* text with decimal commas, not numbers/ },
  ],
  "header_order_wrong.csv": [
    { check: "swapped", says: /education_num now 2–99 \(was 1–16\), hours_per_week now 1–16 .*likely swapped/ },
  ],
  "columns_reordered.csv": [{ check: "column-order", says: /another order/ }],
  "missing_column.csv": [
    { check: "missing-column", column: "capital_gain", says: /required column capital_gain is missing/ },
  ],
  "extra_column.csv": [
    { check: "unknown-column", column: "income_next_year", says: /unknown column income_next_year/ },
    { check: "leak", column: "income_next_year", says: /predicts the label perfectly/ },
  ],
  "duplicate_header.csv": [
    { check: "duplicate-name", column: "age", says: /duplicate column name age/ },
    { check: "missing-column", column: "education_num", says: /required column education_num is missing/ },
  ],
  "utf8_bom.csv": [{ check: "byte-order-mark", says: /byte order mark removed/ }],
  "utf16_bom.csv": [{ check: "encoding", says: /encoding is UTF-16/ }],
  "latin1_bytes.csv": [
    {
      check: "encoding",
      column: "native_country",
      count: 10,
      says: /invalid UTF-8 at byte offset 249, line 2; column native_country/,
      examples: ["Perú"],
    },
  ],
  "crlf_mixed.csv": [{ check: "line-ends", count: 500, says: /mixed line ends/ }],
  "mixed_types.csv": [
    {
      check: "type",
      column: "age",
      count: 29,
      says: /age: 29 of 1,000 values are not whole numbers; examples 'thirty', '36 years'/,
    },
  ],
  "nulls_95_percent.csv": [
    { check: "null-share", column: "occupation", count: 957, says: /occupation: 95\.7% null \(reference 0% null\)/ },
  ],
  "unseen_categories.csv": [
    { check: "values", column: "workclass", count: 63, says: /workclass=Gig-platform 63 rows/ },
    { check: "values", column: "sex", count: 58, says: /sex=X 58 rows/ },
  ],
  "category_case_changed.csv": [
    {
      check: "spelling",
      column: "sex",
      count: 1000,
      says: /'male ', 'female '.*equal known ones after trim and case folding/,
    },
  ],
  "out_of_range.csv": [
    {
      check: "range",
      column: "age",
      count: 3,
      lines: [12, 402, 779],
      says: /age: 3 rows outside/,
      examples: ["200", "-3", "999"],
    },
    { check: "range", column: "capital_gain", count: 2, lines: [22, 23], says: /capital_gain: 2 rows/ },
    { check: "range", column: "hours_per_week", count: 1, lines: [57], says: /hours_per_week: 1 row/ },
  ],
  "duplicated_rows.csv": [
    { check: "unique", column: "row_id", count: 180, says: /row_id must be unique: 180 repeats, one value 31 times/ },
  ],
  "unit_month_vs_year.csv": [
    { check: "unit", column: "hours_per_week", says: /median 480 against 40; ratio is a constant 12 \(unit mistake/ },
  ],
  "constant_column.csv": [
    { check: "stuck", column: "age", says: /age: 1 distinct value, 38 \(reference has about 66\); stuck/ },
  ],
  "label_flipped.csv": [
    { check: "label-flipped", column: "label", says: /label rate 0\.772 against 0\.228 in the reference/ },
  ],
  "ids_in_scientific.csv": [
    {
      check: "scientific-ids",
      column: "row_id",
      count: 1000,
      says: /row_id: .*not integers.*repeats after loss of digits/,
    },
  ],
  "nan_infinity.jsonl": [
    {
      check: "invalid-json",
      column: "age",
      count: 5,
      lines: [4, 44, 84, 124, 164],
      says: /5 lines are not valid JSON: NaN in age/,
    },
    { check: "invalid-json", column: "capital_gain", count: 5, says: /Infinity in capital_gain/ },
    { check: "invalid-json", column: "capital_loss", count: 5, says: /-Infinity in capital_loss/ },
  ],
  "broken_lines.jsonl": [
    { check: "invalid-json", lines: [101], says: /line 101: unexpected end/ },
    { check: "invalid-json", lines: [151], says: /line 151: data after the object/ },
    { check: "invalid-json", lines: [152], says: /line 152: empty/ },
  ],
  "big_integers.jsonl": [
    {
      check: "big-integers",
      column: "row_id",
      count: 50,
      says: /exceeds the safe integer range.*read as text or 64-bit integer/,
    },
  ],
  "row_count_jump_5x.csv": [
    { check: "row-count", count: 5000, says: /row count 5,000 is 5 times the reference/ },
    { check: "repeats", says: /content repeats \(ignoring row_id\)/ },
  ],
  "empty.csv": [{ check: "empty", says: /file is empty/ }],
  "header_only.csv": [{ check: "no-rows", says: /0 rows/ }],
  "whitespace_only.csv": [{ check: "empty", says: /no header and no rows/ }],
  "gzip_without_gz.csv": [{ check: "format", says: /content is gzip \(1f 8b\)/ }],
  "truncated.csv.gz": [{ check: "compressed", says: /unexpected end of the gzip stream/ }],
  "html_error_page.csv": [{ check: "format", says: /content is HTML.*not CSV/ }],
  "giant_nested.json": [
    { check: "nesting", says: /nesting of 3,004 levels, deeper than the limit/ },
    { check: "format", says: /not an array of records and not JSON lines.*payload\.batches\[\]\.records/ },
  ],
  // The flipped bytes lie in the next column's dictionary page (pyarrow with page checksums says the same).
  "corrupt_page.parquet": [
    {
      check: "corrupt-page",
      column: "native_country",
      says: /page checksum does not match in row group 2 \(from 0, of 4\).*at byte [\d,]+, where the pages of hours_per_week end.*other 3 row groups are readable/,
    },
  ],
  "truncated.parquet": [{ check: "truncated", says: /no PAR1 magic at the end: the file is truncated/ }],
  "type_changed.parquet": [
    { check: "column-type", column: "age", says: /age: type string \(VARCHAR\), expected int64/ },
  ],
  "csv_named.parquet": [{ check: "format", says: /no PAR1 magic.*content looks like CSV/ }],
  "timestamps_seconds_and_ms.csv": [
    { check: "epoch-unit", column: "timestamp", says: /two clusters a factor 1,000 apart/ },
  ],
  "timestamps_out_of_order_and_gap.csv": [
    { check: "time-order", column: "timestamp", says: /timestamp is not sorted/ },
    { check: "time-gap", column: "timestamp", says: /gap of 10 days/ },
  ],
};

/** Files made from the rides data, which good.csv is no reference for. */
const withoutContract = /^(semicolon_decimal_comma|timestamps_)/;

describe.skipIf(cases.length === 0)("every broken file gets its answer", () => {
  let contract: Contract;

  beforeAll(async () => {
    const good = await check("good.csv", null);
    contract = inferContract(good.facts!, { name: "income" });
  });

  async function check(name: string, against: Contract | null): Promise<FileCheckResult> {
    return checkFile(await reader.open(sharedData(`broken/${name}`)!), { contract: against, usual: null, now });
  }

  test.each(cases)("$file: $what_is_broken", async ({ file, severity }) => {
    const result = await check(file, withoutContract.test(file) ? null : contract);
    expect(result.outcome).toBe(severity === "info" ? "ok" : severity);
    expect(result.rows.read).toBe(result.rows.accepted + result.rows.quarantined);
    if (severity === "ok") expect(result.findings).toEqual([]);
    for (const wanted of expected[file] ?? []) {
      const found = result.findings.filter((entry) => entry.check === wanted.check && wanted.says.test(entry.message));
      expect(found, `${wanted.check} in ${JSON.stringify(result.findings)}`).toHaveLength(1);
      if (wanted.column !== undefined) expect(found[0]!.column).toBe(wanted.column);
      if (wanted.count !== undefined) expect(found[0]!.count).toBe(wanted.count);
      if (wanted.lines !== undefined) expect(found[0]!.lines).toEqual(wanted.lines);
      for (const example of wanted.examples ?? []) expect(found[0]!.examples).toContain(example);
    }
  });

  test("every case of the list has an expectation here", () => {
    expect(
      cases
        .filter((each) => each.severity !== "ok")
        .map((each) => each.file)
        .filter((file) => !(file in expected)),
    ).toEqual([]);
  });
});

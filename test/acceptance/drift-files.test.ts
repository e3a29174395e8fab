import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { sharedData } from "../shared-data.ts";
import { createDuckDbTableReader } from "../../src/adapters/duckdb/duckdb-table-reader.ts";
import type { DriftDocument } from "../../src/core/drift/drift-document.ts";
import { renderDriftHtml } from "../../src/core/drift/report/drift-html.ts";
import { renderDriftJUnit } from "../../src/core/drift/report/drift-junit.ts";
import { profileFiles } from "../../src/app/profile/profile-files.ts";
import type { DriftRequest } from "../../src/app/drift/drift-files.ts";
import { driftFiles } from "../../src/app/drift/drift-files.ts";

const reader = createDuckDbTableReader();
afterAll(() => reader.close());
const signal = new AbortController().signal;
const present = sharedData("loans/reference.parquet") !== null;
const folder = mkdtempSync(join(tmpdir(), "umpire-"));

function drift(reference: string, current: string, changes: Partial<DriftRequest> = {}): Promise<DriftDocument> {
  const request: DriftRequest = {
    reference: [reference],
    current: [current],
    by: null,
    time: null,
    alpha: null,
    floor: 0.05,
    season: "auto",
    columns: [],
    exclude: [],
    text: [],
    events: [],
    importance: new Map(),
    seed: 1,
    volume: true,
    streamRows: null,
    last: null,
    ...changes,
  };
  return driftFiles(request, { reader, signal, progress: () => {} });
}

const data = (path: string): string => sharedData(path)!;
function drifted(document: DriftDocument): string[] {
  return document.columns
    .filter((column) => column.drifted === true)
    .map((column) => column.name)
    .toSorted();
}

describe.skipIf(!present)("shared data (skipped where they are not on this machine)", () => {
  const loans = ["car_value", "loan_length", "repaid_loan_on_prev_car", "salary_range", "y_pred_proba"];

  test("loans: the five columns that moved are named, abrupt, since the end of March 2019", async () => {
    const whole = await drift(data("loans/reference.parquet"), data("loans/analysis.parquet"));
    expect(drifted(whole)).toEqual(loans);
    expect(whole.only_in_reference).toEqual(["repaid"]);
    const daily = await drift(data("loans/reference.parquet"), data("loans/analysis.parquet"), { by: "day" });
    expect(drifted(daily)).toEqual(loans);
    for (const name of loans) {
      const column = daily.columns.find((entry) => entry.name === name)!;
      expect(column.shape).toBe("abrupt");
      expect(Math.abs(Date.parse(column.since!) - Date.UTC(2019, 2, 31))).toBeLessThanOrEqual(2 * 86_400_000);
    }
  });

  test("loans: a saved profile of either side gives the same columns as the files", async () => {
    const save = async (name: string, like: string | null): Promise<string> => {
      const request = {
        data: [data(`loans/${name}.parquet`)],
        like,
        by: "day" as const,
        time: null,
        columns: [],
        exclude: ["repaid"],
        text: [],
        fingerprint: false,
      };
      const exclude = name === "reference" ? ["repaid"] : [];
      const document = await profileFiles({ ...request, exclude }, { reader, signal, progress: () => {} });
      const path = join(folder, `${name}.profile.json`);
      writeFileSync(path, JSON.stringify(document));
      return path;
    };
    const reference = await save("reference", null);
    const current = await save("analysis", reference);
    const fromFiles = await drift(data("loans/reference.parquet"), data("loans/analysis.parquet"), {
      by: "day",
      exclude: ["repaid"],
    });
    for (const [left, right] of [
      [reference, current],
      [reference, data("loans/analysis.parquet")],
    ] as const) {
      const saved = await drift(left, right, { by: "day" });
      expect(drifted(saved)).toEqual(drifted(fromFiles));
      const [a, b] = [saved, fromFiles].map((document) => document.periods!.map((period) => period.alarms));
      expect(a).toEqual(b);
    }
  });

  test("stream: the stuck Victorian columns are named with the day on which they came to life", async () => {
    const daily = await drift(data("stream/reference.parquet"), data("stream/production.parquet"), { by: "day" });
    expect(drifted(daily)).toEqual(expect.arrayContaining(["transfer", "vicdemand", "vicprice", "nswprice"]));
    for (const calm of ["period", "weekday"]) expect(drifted(daily)).not.toContain(calm);
    const column = daily.columns.find((entry) => entry.name === "vicprice")!;
    expect(column).toMatchObject({ shape: "abrupt", since: "1997-05-05" });
  });

  test("rides: growth is named beside the season, which is not", async () => {
    const daily = await drift(data("rides/train.parquet"), data("rides/production.parquet"), {
      by: "day",
      exclude: ["pred_retrained"],
    });
    expect(daily.decision).toMatchObject({ surprise: "conformal", season: "month" });
    expect(drifted(daily)).toEqual(expect.arrayContaining(["registered", "rides", "yr"]));
    for (const seasonal of ["mnth", "season", "hr", "weekday", "workingday", "holiday", "hum"]) {
      expect(drifted(daily)).not.toContain(seasonal);
    }
  });

  test("text: length, words and domain move gradually, and the words say how", async () => {
    const whole = await drift(data("text/train.parquet"), data("text/production.parquet"));
    expect(drifted(whole)).toEqual(expect.arrayContaining(["domain", "text"]));
    const column = whole.columns.find((entry) => entry.name === "text")!;
    expect(column.shape).toBe("gradual");
    const text = column.text!;
    expect(text.domain_classifier.auc!).toBeGreaterThan(0.7);
    expect(text.unknown_words.current! - text.unknown_words.reference!).toBeGreaterThan(0.02);
    expect(text.less_frequent.map((shift) => shift.word)).toEqual(expect.arrayContaining(["book", "film"]));
    expect(column.plain.current.mean!).toBeLessThan(column.plain.reference.mean!);
  });

  test("text: other languages are told by their share", async () => {
    const languages = await drift(data("text/train.parquet"), data("text/other_languages.parquet"), {
      columns: ["text"],
      text: ["text"],
    });
    const shares = new Map(languages.columns[0]!.text!.languages.map((entry) => [entry.language, entry.current]));
    for (const language of ["en", "fr", "de", "es"]) expect(Math.abs(shares.get(language)! - 0.25)).toBeLessThan(0.08);
    expect(drifted(languages)).toEqual(["text"]);
  });

  test("stream: the row-by-row detectors find the same change soon after it", async () => {
    const request = { columns: ["vicprice", "period"], streamRows: 20_000 };
    const watched = await drift(data("stream/reference.parquet"), data("stream/production.parquet"), request);
    const alarm = watched.streams!.detectors.find(
      (detector) => detector.column === "vicprice" && detector.alarm_at_row !== null,
    )!;
    expect(Math.abs(Date.parse(alarm.time!) - Date.UTC(1997, 4, 5))).toBeLessThan(7 * 86_400_000);
    expect(
      watched.streams!.detectors.filter((detector) => detector.column === "period" && detector.alarm_at_row !== null),
    ).toEqual([]);
  });
});

describe("odd inputs", () => {
  const write = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  const rows = (make: (row: number) => string, count = 200): string =>
    Array.from({ length: count }, (_, row) => make(row)).join("\n");

  test("a column of another kind is left out with a fault, the rest is compared", async () => {
    const a = write("kinds-a.csv", `x,y\n${rows((row) => `${(row * 7) % 31},${row % 5}`)}\n`);
    const b = write("kinds-b.csv", `x,y\n${rows((row) => `${(row * 7) % 31},word${row % 5}`)}\n`);
    const answer = await drift(a, b);
    expect(answer.columns.map((column) => column.name)).toEqual(["x"]);
    expect(answer.notes[0]).toMatchObject({
      severity: "error",
      message: "y is a number in the reference and text now: not compared",
    });
  });

  test("the last rows alone are compared with the reference's minimum, maximum and mean", async () => {
    const a = write("last-a.csv", `x\n${rows((row) => String(row % 10))}\n`);
    const b = write("last-b.csv", `x\n${rows((row) => String(row < 150 ? row % 10 : 20))}\n`);
    const answer = await drift(a, b, { last: { rows: 50 } });
    expect(answer.current.rows).toBe(50);
    expect(answer.columns[0]!.plain).toMatchObject({
      above_maximum: 50,
      reference: { minimum: 0, maximum: 9, mean: 4.5 },
      current: { minimum: 20 },
    });
    expect(drifted(answer)).toEqual(["x"]);
  });

  test("an announced change does not count, with periods or without, and what lies outside of it does", async () => {
    const made = (name: string, x: (row: number) => number): string =>
      write(
        name,
        `timestamp,x\n${Array.from({ length: 600 }, (_, row) => `2026-10-${String(1 + Math.floor(row / 60)).padStart(2, "0")}T${String(row % 24).padStart(2, "0")}:00:00Z,${x(row)}`).join("\n")}\n`,
      );
    const a = made("quiet.csv", (row) => (row * 7) % 31);
    const b = made("sale.csv", (row) => ((row * 7) % 31) + (row >= 420 ? 25 : 0));
    const event = (from: number, to: number) => ({
      events: [{ name: "sale", from: Date.UTC(2026, 9, from), to: Date.UTC(2026, 9, to), columns: [] }],
    });
    for (const by of [null, "day"] as const) {
      expect(drifted(await drift(a, b, { by })), `${by}`).toEqual(["x"]);
      const covered = await drift(a, b, { by, ...event(8, 11) });
      expect(covered.outcome, `${by}`).toBe("no-drift");
      expect(drifted(await drift(a, b, { by, ...event(9, 11) })), `${by}`).toEqual(["x"]);
    }
  });

  test("no shared column, a missing column and an unclear time are failures that say what to do", async () => {
    const a = write("none-a.csv", "x\n1\n2\n");
    const b = write("none-b.csv", "z\n1\n2\n");
    await expect(drift(a, b)).rejects.toMatchObject({ code: "DATA" });
    await expect(drift(a, a, { columns: ["y"] })).rejects.toMatchObject({ code: "COLUMN_MISSING" });
    await expect(drift(a, a, { by: "day" })).rejects.toMatchObject({ code: "USAGE", mend: ["name it: --time COLUMN"] });
  });

  test("more periods than memory should hold are refused with the way out", async () => {
    const hours = write(
      "hours.csv",
      `time,x\n${rows((row) => `${new Date(row * 3_600_000).toISOString()},${row % 7}`, 12_000)}\n`,
    );
    await expect(drift(hours, hours, { by: "hour" })).rejects.toMatchObject({
      code: "DATA",
      mend: [expect.stringContaining("--by day")],
    });
  });

  test("profiles on different edges are compared within a stated bound; damaged ones are refused", async () => {
    const make = async (name: string, factor: number): Promise<string> => {
      const file = write(`${name}.csv`, `x\n${rows((row) => String(((row * 7) % 31) * factor))}\n`);
      const request = {
        data: [file],
        like: null,
        by: null,
        time: null,
        columns: [],
        exclude: [],
        text: [],
        fingerprint: false,
      };
      return write(`${name}.json`, JSON.stringify(await profileFiles(request, { reader, signal, progress: () => {} })));
    };
    const same = await drift(await make("one", 1), await make("again", 1.0001));
    expect(same.outcome).toBe("no-drift");
    const other = await drift(await make("first", 1), await make("two", 2));
    expect(drifted(other)).toEqual(["x"]);
    expect(other.columns[0]!.plain).toMatchObject({ reference: { maximum: 30 }, current: { maximum: 60 } });
    expect(other.joint.pca.drifted).toBeNull();
    expect(other.notes[0]).toMatchObject({
      code: "other-edges",
      message: expect.stringMatching(/right within .*--like/),
    });
    const cut = write("cut.json", '{"schema":"umpire.profile/1","frame":{"columns":[');
    await expect(drift(cut, cut)).rejects.toMatchObject({ code: "RECORD" });
    const later = write("later.json", '{"schema":"umpire.profile/9"}');
    await expect(drift(later, later)).rejects.toMatchObject({ message: expect.stringContaining("umpire.profile/9") });
  });

  test("markup, control characters and formulas in names and values are escaped in every report", async () => {
    const evil = "<script>alert(1)</script>";
    const a = write("evil-a.csv", `"${evil}",c\n${rows((row) => `${row % 17},"=cmd|${row % 3}"`)}\n`);
    const b = write(
      "evil-b.csv",
      `"${evil}",c\n${rows((row) => `${(row % 17) + 40},"<img src=x onerror=alert(2)>\u202e${row % 3}"`)}\n`,
    );
    const answer = await drift(a, b);
    expect(drifted(answer)).toEqual([evil, "c"].toSorted());
    const html = renderDriftHtml(answer);
    expect(html).not.toContain("<script");
    expect(html).not.toContain("<img");
    expect(html).not.toContain("\u202e");
    expect(renderDriftJUnit(answer)).not.toContain("<script");
  });
});

import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import type { CheckDocument } from "../../src/core/data-quality/check-document.ts";
import { splitRow } from "../../src/core/data-quality/raw-row.ts";
import { wellFormedXml } from "../well-formed-xml.ts";
import { folderWith, umpire } from "./command-line.ts";

const rows = (n: number, to: (i: number) => string = (i) => String(20 + (i % 50))): string =>
  `id,age,country,label\n${Array.from({ length: n }, (_, i) => `${1000 + i},${to(i)},${["DE", "FR", "US"][i % 3]},${i % 4 === 0 ? 1 : 0}`).join("\n")}\n`;

test("a contract is inferred once, a good load ends with 0 and a missing path with 2", async () => {
  const folder = folderWith({ "good.csv": rows(500), "next.csv": rows(520) });
  const inferred = await umpire(["check", "good.csv", "--infer"], folder);
  expect(inferred.code, inferred.stderr).toBe(0);
  expect((await umpire(["check", "good.csv", "--infer"], folder)).code).toBe(2);
  const good = await umpire(["check", "next.csv", "--contract", "contract.yaml"], folder);
  expect(good.code, good.stdout + good.stderr).toBe(0);
  expect(good.stdout).toMatch(/✓ OK/);
  expect((await umpire(["check", "nope.csv", "--contract", "contract.yaml"], folder)).code).toBe(2);
  expect((await umpire(["check", "good.csv", "--contract", "nope.yaml"], folder)).code).toBe(2);
  const typo = await umpire(["check", "good.csv", "--reference", "good.csv", "--label", "lable"], folder);
  expect(typo.code).toBe(2);
  expect(typo.stderr).toMatch(/there is no column "lable"\s+nearest: label/);
  const over = await umpire(["check", "next.csv", "--contract", "contract.yaml", "--accepted", "next.csv"], folder);
  expect(over.code).toBe(2);
  expect(over.stderr).toMatch(/is one of the files to check/);
});

test("bad rows are parted, mended, re-checked and released: nothing is lost and the trail says who", async () => {
  const folder = folderWith({
    "good.csv": rows(500),
    "load.csv": rows(500, (i) =>
      i === 7 ? "thirty" : i === 9 ? "41 years" : i === 11 ? "999" : String(20 + (i % 50)),
    ),
  });
  await umpire(["check", "good.csv", "--infer"], folder);
  const checked = await umpire(
    [
      "check",
      "load.csv",
      "--contract",
      "contract.yaml",
      "--quarantine",
      "--accepted",
      "clean.csv",
      "--json",
      "--junit",
      "junit.xml",
      "--html",
      "page.html",
    ],
    folder,
  );
  expect(checked.code, checked.stderr).toBe(1);
  const document = JSON.parse(checked.stdout) as CheckDocument;
  expect(document).toMatchObject({
    schema: "umpire.check/1",
    outcome: "error",
    rows: { read: 500, accepted: 497, quarantined: 3 },
  });
  expect(document.findings.find((entry) => entry.check === "type")).toMatchObject({
    column: "age",
    count: 2,
    lines: [9, 11],
    examples: ["thirty", "41 years"],
  });
  expect(wellFormedXml(readFileSync(join(folder, "junit.xml"), "utf8"))).toBeTruthy();
  expect(readFileSync(join(folder, "clean.csv"), "utf8").trimEnd().split("\n")).toHaveLength(498);

  const list = await umpire(["quarantine", "list"], folder);
  expect(list.stdout).toMatch(/3 rows waiting in 1 run/);
  const mend = (...args: string[]) =>
    umpire(["quarantine", "mend", "last", "--contract", "contract.yaml", "--column", "age", ...args], folder);
  expect((await mend("--map", "thirty=30", "--by", "ann")).stdout).toMatch(/1 row changed, 1 pass now/);
  expect((await mend("--replace", "/ years$//")).stdout).toMatch(/1 row changed, 1 pass now/);
  const still = await mend("--multiply", "2");
  expect(still.code).toBe(1);
  expect(still.stdout).toMatch(/outside/);
  const released = await umpire(["quarantine", "release", "last", "--to", "clean.csv"], folder);
  expect(released.stdout).toMatch(/2 rows released to clean.csv; 1 still wait/);
  expect((await umpire(["quarantine", "release", "last", "--to", "clean.csv"], folder)).code).toBe(1);
  const clean = await umpire(["check", "clean.csv", "--contract", "contract.yaml", "--json"], folder);
  expect(JSON.parse(clean.stdout)).toMatchObject({ outcome: "ok", rows: { read: 499, accepted: 499, quarantined: 0 } });
  const shown = await umpire(["quarantine", "show", "last", "--json"], folder);
  const run = JSON.parse(shown.stdout) as {
    rows: { raw: string; state: string }[];
    trail: { who: string; action: string }[];
  };
  expect(run.rows.map((row) => row.state)).toEqual(["released", "released", "waiting"]);
  expect(run.rows[0]!.raw).toBe("1007,thirty,FR,0");
  expect(run.trail[0]).toMatchObject({ who: "ann", action: "mend" });
}, 120_000);

test("a file that is refused as a whole is kept, mended as a file, and released", async () => {
  const folder = folderWith({ "good.csv": rows(500), "months.csv": rows(500, (i) => String((20 + (i % 50)) * 12)) });
  await umpire(["check", "good.csv", "--infer"], folder);
  const checked = await umpire(
    ["check", "months.csv", "--contract", "contract.yaml", "--quarantine", "--accepted", "clean.csv"],
    folder,
  );
  expect(checked.code).toBe(1);
  expect(checked.stdout).toMatch(/month for year/);
  expect(existsSync(join(folder, "clean.csv"))).toBe(false);
  const mended = await umpire(
    ["quarantine", "mend", "last", "--contract", "contract.yaml", "--column", "age", "--divide", "12"],
    folder,
  );
  expect(mended.stdout).toMatch(/500 rows changed; 500 rows of the mended file pass/);
  const released = await umpire(
    ["quarantine", "release", "last", "--contract", "contract.yaml", "--to", "clean.csv"],
    folder,
  );
  expect(released.code, released.stderr).toBe(0);
  expect(readFileSync(join(folder, "clean.csv"), "utf8")).toBe(readFileSync(join(folder, "good.csv"), "utf8"));
}, 60_000);

test("five accepted loads teach what is usual", async () => {
  const folder = folderWith({ "good.csv": rows(500) });
  await umpire(["check", "good.csv", "--infer"], folder);
  for (let day = 1; day <= 6; day++) {
    writeFileSync(join(folder, `load-${day}.csv`), rows(1990 + day));
    const now = `2026-11-${String(day).padStart(2, "0")}T02:00:00Z`;
    expect((await umpire(["check", `load-${day}.csv`, "--contract", "contract.yaml", "--now", now], folder)).code).toBe(
      0,
    );
  }
  const short = await umpire(
    ["check", "good.csv", "--contract", "contract.yaml", "--now", "2026-11-07T02:00:00Z"],
    folder,
  );
  expect(short.stdout).toMatch(/row count 500 is 25\.\d% of the median of the last 6 loads/);
}, 120_000);

test("accepted loads leave profiles that add: the unusual is found with numbers, and drift reads them instead of rows", async () => {
  const day = (number: number): string => `2026-11-${String(number).padStart(2, "0")}`;
  const text = (number: number, shift = 0): string =>
    `id,at,size,place\n${Array.from({ length: 400 }, (_, i) => {
      const k = number * 400 + i;
      const size = ((k * 7919) % 1009) / 100 + shift * ((k * 31) % 3);
      return `${k},${day(number)} ${String(i % 24).padStart(2, "0")}:00:00,${size.toFixed(2)},${["north", "south", "east"][(k * 13) % 3]}`;
    }).join("\n")}\n`;
  const folder = folderWith({ "good.csv": text(1), "moved.csv": text(16, 1.5) });
  await umpire(["check", "good.csv", "--infer", "--key", "id", "--time", "at"], folder);
  for (let number = 1; number <= 15; number++) {
    writeFileSync(join(folder, `load-${number}.csv`), text(number));
    const now = `${day(number + 1)}T02:00:00Z`;
    const checked = await umpire(
      ["check", `load-${number}.csv`, "--contract", "contract.yaml", "--now", now, "--json"],
      folder,
    );
    expect((JSON.parse(checked.stdout) as CheckDocument).findings, `load ${number}`).toEqual([]);
  }
  const loads = join(folder, ".umpire", "loads", "good");
  expect(readdirSync(loads).filter((name) => name.startsWith("frame-"))).toHaveLength(1);
  expect(readdirSync(loads).filter((name) => name.startsWith("2026"))).toHaveLength(15);
  const moved = await umpire(
    ["check", "moved.csv", "--contract", "contract.yaml", "--now", `${day(17)}T14:00:00Z`, "--no-record", "--json"],
    folder,
  );
  const messages = (JSON.parse(moved.stdout) as CheckDocument).findings.map(
    (entry) => `${entry.check} ${entry.message}`,
  );
  expect(messages.join("\n")).toMatch(/unusual-values size: unlike the last 15 loads: distance 0\.\d+, .*mean 5.* → 6/);
  expect(messages.join("\n")).toMatch(/unusual-age at: .* 15 hours old; usual is 3 hours/);
  const contract = readFileSync(join(folder, "contract.yaml"), "utf8");
  const event = "expected: [{ name: new sizes, from: 2026-11-16, to: 2026-11-20, columns: [size] }]\n";
  writeFileSync(join(folder, "announced.yaml"), `${contract}${event}`);
  const announced = await umpire(
    ["check", "moved.csv", "--contract", "announced.yaml", "--now", `${day(17)}T02:00:00Z`, "--no-record", "--json"],
    folder,
  );
  expect(JSON.parse(announced.stdout)).toMatchObject({
    outcome: "ok",
    findings: [
      { check: "unusual-values", severity: "info", message: expect.stringMatching(/; announced: new sizes$/) },
    ],
  });
  // The rows are gone: loads alone are compared, each side summed from profiles.
  const drift = await umpire(["drift", "good.csv", ".umpire/loads/good", "--by", "day", "--json"], folder);
  expect(drift.code, drift.stderr).toBe(0);
  const document = JSON.parse(drift.stdout) as { current: { rows: number }; periods: { from: string }[] };
  expect(document.current.rows).toBe(6000);
  expect(document.periods).toHaveLength(15);
  const same = await umpire(["drift", ".umpire/loads/good", ".umpire/loads/good", "--last", "5d", "--json"], folder);
  expect(JSON.parse(same.stdout)).toMatchObject({ reference: { rows: 4000 }, current: { rows: 2000 } });
  const today = await umpire(["drift", ".umpire/loads/good", "moved.csv"], folder);
  expect(today.code).toBe(1);
  expect(today.stdout).toMatch(/1 of 2 columns moved: size/);
  // A load with a quarter of the usual rows is a finding; its columns are judged without the loads' own variation.
  writeFileSync(join(folder, "short.csv"), text(16).split("\n").slice(0, 101).join("\n"));
  const short = await umpire(["drift", ".umpire/loads/good", "short.csv", "--alpha", "0.1", "--json"], folder);
  expect(short.code).toBe(1);
  expect(JSON.parse(short.stdout)).toMatchObject({
    outcome: "drift",
    volume: { drifted: true, windows: 15, low: [{ rows: 100, usual_rows: 400 }] },
    decision: { surprise: "two-sample" },
  });
  // The contract gets a column: loads from then on count on another frame, and the answer says which it is about.
  const [head = "", ...lines] = text(17).trimEnd().split("\n");
  writeFileSync(join(folder, "more.csv"), [`${head},more`, ...lines.map((line) => `${line},5`), ""].join("\n"));
  writeFileSync(join(folder, "more.yaml"), contract.replace("columns:\n", "columns:\n  more: { type: number }\n"));
  const changed = await umpire(
    ["check", "more.csv", "--contract", "more.yaml", "--now", `${day(18)}T02:00:00Z`, "--json"],
    folder,
  );
  expect(JSON.parse(changed.stdout)).toMatchObject({ outcome: expect.stringMatching(/ok|warning/) });
  const newer = await umpire(["drift", "good.csv", ".umpire/loads/good", "--json"], folder);
  expect(JSON.parse(newer.stdout)).toMatchObject({
    current: { rows: 400 },
    notes: expect.arrayContaining([
      expect.objectContaining({ code: "other-frames", message: expect.stringMatching(/^15 of the 16 loads in /) }),
    ]),
  });
  const shown = await umpire(["drift", "good.csv", ".umpire/loads/good"], folder);
  expect(shown.stdout).toContain("15 of the 16 loads");
  expect(readFileSync(join(folder, ".umpire", "drift", "report.html"), "utf8")).toContain("15 of the 16 loads");
}, 240_000);

test("markup, formulas and escape sequences in values are harmless in every output", async () => {
  const nasty = rows(500)
    .replace(/,DE,/g, ",=cmd|' /C calc'!A0,")
    .replace(/,FR,/g, ",<script>alert(1)</script>,")
    .replace(/,US,/g, ",\u001b[31mUS,");
  const folder = folderWith({
    "good.csv": rows(500),
    "nasty.csv": nasty,
    "formulas.csv": `${rows(500)}=cmd|' /C calc'!A0\n${rows(1).split("\n")[1]!.replace("1000", "9")}\n`,
  });
  await umpire(["check", "good.csv", "--infer"], folder);
  const contract = readFileSync(join(folder, "contract.yaml"), "utf8");
  writeFileSync(
    join(folder, "contract.yaml"),
    contract.replace("\ncolumns:", "\nseverity: { values: error }\ncolumns:").replace("bad_rows: 0.05", "bad_rows: 1"),
  );
  const checked = await umpire(
    [
      "check",
      "nasty.csv",
      "--contract",
      "contract.yaml",
      "--quarantine",
      "--html",
      "page.html",
      "--junit",
      "junit.xml",
      "--all",
    ],
    folder,
  );
  expect(checked.stdout).not.toContain("\u001b");
  const shown = await umpire(["quarantine", "show", "last", "--csv", "rows.csv"], folder);
  expect(shown.stdout).not.toContain("\u001b");
  expect(readFileSync(join(folder, "page.html"), "utf8")).not.toContain("<script>");
  expect(wellFormedXml(readFileSync(join(folder, "junit.xml"), "utf8"))).toBeTruthy();
  const exported = readFileSync(join(folder, "rows.csv"), "utf8").trimEnd().split("\n");
  expect(exported.length).toBeGreaterThan(100);
  for (const line of exported) for (const field of splitRow(line, ",")) expect(field).not.toMatch(/^[=+@-]/);
  const one = await umpire(["check", "formulas.csv", "--contract", "contract.yaml", "--quarantine", "--json"], folder);
  expect(one.stdout).not.toContain("\u001b");
  const ragged = await umpire(["quarantine", "show", "last", "--csv", "ragged.csv"], folder);
  expect(ragged.code).toBe(0);
  expect(readFileSync(join(folder, "ragged.csv"), "utf8")).toContain(`,'=cmd|' /C calc'!A0,`);
}, 60_000);

test("a check that is killed leaves no run that looks whole, and no accepted file", async () => {
  const folder = folderWith({ "good.csv": rows(500) });
  await umpire(["check", "good.csv", "--infer"], folder);
  writeFileSync(
    join(folder, "big.csv"),
    rows(1_500_000, (i) => (i % 40 === 0 ? "thirty" : String(20 + (i % 50)))),
  );
  const launcher = fileURLToPath(new URL("../../bin/umpire.cjs", import.meta.url));
  const child = spawn(
    process.execPath,
    [launcher, "check", "big.csv", "--contract", "contract.yaml", "--quarantine", "--accepted", "clean.csv"],
    { cwd: folder, stdio: "ignore" },
  );
  const quarantine = join(folder, ".umpire", "quarantine");
  const ended = new Promise<void>((resolve) => child.on("close", () => resolve()));
  while (
    child.exitCode === null &&
    !(existsSync(quarantine) && readdirSync(quarantine).some((name) => name.endsWith(".partial")))
  ) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  child.kill("SIGKILL");
  await ended;
  expect(readdirSync(quarantine).filter((name) => name.endsWith(".jsonl"))).toEqual([]);
  expect(existsSync(join(folder, "clean.csv"))).toBe(false);
  const list = await umpire(["quarantine", "list"], folder);
  expect(list.stdout).toMatch(/interrupted/);
}, 60_000);

test("Parquet stays Parquet: accepted rows keep their types, bad ones come back as JSON lines", async () => {
  const folder = folderWith({});
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  const table = (age: string): string =>
    `SELECT i AS id, ${age} AS age, ['DE', 'FR', 'US'][1 + i % 3] AS country, TIMESTAMP '2026-01-01' + to_hours(CAST(i AS INTEGER)) AS at, i % 4 = 0 AS label FROM range(600) r(i)`;
  await connection.run(`COPY (${table("20 + i % 50")}) TO '${join(folder, "good.parquet")}' (FORMAT parquet)`);
  await connection.run(
    `COPY (${table("CASE WHEN i IN (7, 9) THEN -5 ELSE 20 + i % 50 END")}) TO '${join(folder, "load.parquet")}' (FORMAT parquet)`,
  );
  expect((await umpire(["check", "good.parquet", "--infer"], folder)).code).toBe(0);
  const args = ["--contract", "contract.yaml", "--quarantine", "--json"];
  const checked = await umpire(["check", "load.parquet", ...args, "--accepted", "clean.parquet"], folder);
  expect(JSON.parse(checked.stdout)).toMatchObject({
    outcome: "error",
    rows: { read: 600, accepted: 598, quarantined: 2 },
  });
  const clean = await umpire(["check", "clean.parquet", ...args], folder);
  expect(JSON.parse(clean.stdout)).toMatchObject({ outcome: "ok", rows: { read: 598, accepted: 598 }, findings: [] });
  const mended = await umpire(
    ["quarantine", "mend", "last", "--contract", "contract.yaml", "--column", "age", "--multiply", "-10"],
    folder,
  );
  expect(mended.stdout).toMatch(/2 rows changed, 2 pass now/);
  await umpire(["quarantine", "release", "last", "--to", "back.jsonl"], folder);
  expect(readFileSync(join(folder, "back.jsonl"), "utf8").split("\n")[0]).toBe(
    '{"id":7,"age":50,"country":"FR","at":"2026-01-01 07:00:00","label":false}',
  );
  expect(
    (await umpire(["check", "load.parquet", "--contract", "contract.yaml", "--accepted", "clean.csv"], folder)).code,
  ).toBe(2);
}, 60_000);

test("of several files, one may be refused while the rows of the others go on", async () => {
  const folder = folderWith({
    "good.csv": rows(500),
    "day/a.csv": rows(500),
    "day/b.csv": "<html><body>502</body></html>",
    "day/c.csv": rows(500, (i) => (i === 3 ? "x" : "44")),
  });
  await umpire(["check", "good.csv", "--infer"], folder);
  const checked = await umpire(
    ["check", "day", "--contract", "contract.yaml", "--accepted", "clean.csv", "--json"],
    folder,
  );
  expect(checked.code).toBe(1);
  const document = JSON.parse(checked.stdout) as CheckDocument;
  expect(document.files.map(({ file, refused }) => [file, refused])).toEqual([
    ["day/a.csv", false],
    ["day/b.csv", true],
    ["day/c.csv", true],
  ]);
  expect(document.rows.read).toBe(document.rows.accepted + document.rows.quarantined);
  expect(document.findings.find((entry) => entry.check === "format")).toMatchObject({ file: "day/b.csv" });
  expect(readFileSync(join(folder, "clean.csv"), "utf8")).toBe(rows(500));
}, 60_000);

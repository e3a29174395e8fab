import { expect, it } from "vitest";
import { folderWith, umpire } from "./command-line.ts";
import { scoredCsv, scoredPolicy } from "./made-data.ts";

const judged = async (policy: string) => {
  const answer = await umpire(["judge"], folderWith({ "test.csv": scoredCsv({ rows: 400 }), "umpire.yaml": policy }));
  expect(answer).toMatchObject({ code: 2, stdout: "" });
  return answer.stderr;
};
const withSlices = (...lines: string[]): string =>
  `${scoredPolicy.replace(/\nslices:\n(?: .*\n)*/, "\n")}\nslices:\n${lines.map((line) => `  ${line}\n`).join("")}`;

it("names the nearest column and its values where a slice names one that is not there", async () => {
  expect(await judged(withSlices("b: { where: { cohrt: b } }"))).toMatch(
    /^umpire: umpire\.yaml:\d+:\d+ {2}slices\.b\.where: there is no column "cohrt" in test\.csv\n {8}nearest: cohort \([ab], [ab]\)\n$/,
  );
});

it("tells every mistake of a policy at once, each at its line", async () => {
  const text = withSlices("a: { where: { cohort: 3 } }", "b: { each: agee }", "c: { cross: [cohort, usr] }");
  const lines = (await judged(text)).split("\n").filter((line) => line.startsWith("umpire: "));
  expect(lines.map((line) => line.replace(/^.*\d {2}/, ""))).toEqual([
    'slices.a.where: column "cohort" is text (VARCHAR), so it is never equal to 3',
    'slices.b.each: there is no column "agee" in test.csv',
    'slices.c.cross: there is no column "usr" in test.csv',
  ]);
});

it("refuses an entry that makes too many slices at its line, and offers bands", async () => {
  const text = withSlices("ids: { each: id }");
  const stderr = await judged(text);
  expect(stderr).toMatch(/^umpire: umpire\.yaml:\d+:3 {2}slices\.ids: id makes 400 slices; the limit is 200\n/);
  expect(stderr).toContain("cut id into bands: each: id, quantiles: 4");
});

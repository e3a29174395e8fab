import { expect, test } from "vitest";
import { findLayout } from "./text-layout.ts";

const lines = (header: string, row: (i: number) => string): string =>
  `${header}\n${Array.from({ length: 60 }, (_, i) => row(i)).join("\n")}\n`;

test("decimal commas in every row are no delimiter: the header has none", () => {
  const text = lines("Kunde;Betrag;Anteil", (i) => `"Müller; ${i}";${i},50;${i % 100},5 %`);
  expect(findLayout(text, ",", true)).toMatchObject({ delimiter: ";", fields: 3, preamble: [] });
});

test("a header that lacks the name of the index leaves the delimiter as it is", () => {
  expect(
    findLayout(
      lines("a,b", (i) => `${i},${i % 5},x`),
      ",",
      true,
    ),
  ).toMatchObject({ delimiter: ",", fields: 3 });
});

test.each([
  ["times", "time\n12:30\n12:31\n12:32\n"],
  ["addresses", "url\nhttp://a.b\nhttp://c.d\n"],
  ["sentences", "text\ncome; go\nstay; sit\nyes; no\n"],
])("one column of %s has no delimiter but the expected one", (_what, text) => {
  expect(findLayout(text, ",", true)).toMatchObject({ delimiter: ",", preamble: [] });
});

import { expect, test } from "vitest";
import { csvCell, escapeMarkup, printable } from "./printable.ts";

test("control characters, escape sequences and direction marks become visible", () => {
  expect(printable("a\u001b[31mb\u0000c\u202ed\n")).toBe("a\\u001b[31mb\\0c\\u202ed\\n");
});

test("markup is escaped for text and attributes", () => {
  expect(escapeMarkup(`<script>alert("1")</script>`)).toBe("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;");
});

test("formulas are made harmless in exports, numbers are not touched", () => {
  expect(csvCell("=cmd|' /C calc'!A0")).toBe("'=cmd|' /C calc'!A0");
  expect(csvCell("@SUM(1,2)")).toBe(`"'@SUM(1,2)"`);
  expect(csvCell("-3.5")).toBe("-3.5");
  expect(csvCell('a "b"')).toBe('"a ""b"""');
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { changeCell, joinRow, splitRow } from "./raw-row.ts";

const field = fc.string({ maxLength: 12 }).map((text) => text.replaceAll("\r", ""));

test("splitting undoes joining, whatever the fields hold", () => {
  fc.assert(
    fc.property(
      fc.array(field, { minLength: 1, maxLength: 6 }),
      fc.constantFrom(",", ";", "\t", "|"),
      (fields, delimiter) => {
        expect(splitRow(joinRow(fields, delimiter), delimiter)).toEqual(fields);
      },
    ),
  );
});

test("changing one cell leaves the others as they are", () => {
  const layout = { delimiter: ",", columns: ["id", "age", "note"] };
  expect(changeCell('1,thirty,"a, ""b"""', layout, "age", () => "30")).toBe('1,30,"a, ""b"""');
  expect(changeCell("1,thirty", layout, "age", () => "30")).toBeNull();
  expect(
    changeCell('{"id":1,"age":"30 years"}', { delimiter: null, columns: [] }, "age", (cell) =>
      cell!.replace(" years", ""),
    ),
  ).toBe('{"id":1,"age":30}');
});

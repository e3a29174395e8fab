import { expect, test } from "vitest";
import { columnOfInput } from "./column-alias.ts";

test("an input stands for the column of its name, or the only one that an exporter renames to it", () => {
  expect(columnOfInput("f_one", ["f one", "f_one"])).toBe("f_one");
  expect(columnOfInput("f_one", ["f one", "f-two"])).toBe("f one");
  expect(columnOfInput("Gr__e", ["Größe"])).toBe("Größe");
  expect(columnOfInput("f_one", ["f one", "f-one"])).toBeUndefined();
  expect(columnOfInput("f one", ["f_one"])).toBeUndefined();
});

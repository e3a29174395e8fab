import { expect, test } from "vitest";
import { form, readCell, readTypedText } from "./cell-form.ts";

const formOf = (text: string): number => readCell(text).form;

test("numbers are told from codes, dressed numbers and words", () => {
  expect(readCell("39")).toEqual({ form: form.integer, value: 39 });
  expect(readCell(" -3.50 ")).toEqual({ form: form.decimal, value: -3.5 });
  expect(formOf("3.02E+10")).toBe(form.scientific);
  expect(formOf("9007199254740993")).toBe(form.bigInteger);
  expect(formOf("02139")).toBe(form.leadingZero);
  expect(formOf("39 years")).toBe(form.text);
  expect(formOf("1.2.3")).toBe(form.text);
});

test("numbers in the dress of a spreadsheet keep their value", () => {
  expect(readCell("0,36")).toEqual({ form: form.decimalComma, value: 0.36 });
  expect(readCell("0,125")).toEqual({ form: form.decimalComma, value: 0.125 });
  expect(readCell("1,234.50")).toEqual({ form: form.groupedThousands, value: 1234.5 });
  expect(readCell("1.234.567,89")).toEqual({ form: form.groupedThousands, value: 1234567.89 });
  expect(readCell("12 %")).toEqual({ form: form.percent, value: 0.12 });
  expect(readCell("€5.20")).toEqual({ form: form.money, value: 5.2 });
});

test("dates are told apart by how they are written, and days that do not exist are text", () => {
  expect(readCell("2026-11-23")).toEqual({ form: form.isoDate, value: Date.UTC(2026, 10, 23) });
  expect(readCell("2026-11-23T08:00:00+02:00")).toEqual({ form: form.isoZoned, value: Date.UTC(2026, 10, 23, 6) });
  expect(readCell("2026-11-23 08:00:00.25").value).toBe(Date.UTC(2026, 10, 23, 8, 0, 0, 250));
  expect(formOf("23/11/2026")).toBe(form.dayFirst);
  expect(formOf("11/23/2026")).toBe(form.monthFirst);
  expect(formOf("03/04/2026")).toBe(form.dayOrMonthFirst);
  expect(formOf("23.11.2026")).toBe(form.dottedDate);
  expect(formOf("23 Nov 2026")).toBe(form.wordDate);
  expect(formOf("2026-02-30")).toBe(form.text);
});

test("words for nothing, truth and infinity are known; a question mark is a value", () => {
  expect(formOf("")).toBe(form.empty);
  expect(formOf("  ")).toBe(form.nullWord);
  expect(formOf("N/A")).toBe(form.nullWord);
  expect(formOf("?")).toBe(form.text);
  expect(readCell("YES")).toEqual({ form: form.boolean, value: 1 });
  expect(readCell("-Infinity")).toEqual({ form: form.infinite, value: -Infinity });
  expect(formOf("NaN")).toBe(form.notANumber);
});

test("in formats with types of their own, digits in quotes are text", () => {
  expect(readTypedText("39").form).toBe(form.text);
  expect(readTypedText("2026-11-23").form).toBe(form.isoDate);
});

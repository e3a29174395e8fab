/**
 * What the text of a cell is, before anyone says what it should be. Small integers, so that a block keeps one byte a
 * cell and counts by form are an array.
 */
export const form = {
  empty: 0,
  /** A word that stands for nothing: NA, null, -, … or blanks alone. */
  nullWord: 1,
  integer: 2,
  decimal: 3,
  scientific: 4,
  /** An integer beyond 2^53: doubles cannot tell it from its neighbours. */
  bigInteger: 5,
  /** Digits that begin with 0: a code, not a number. */
  leadingZero: 6,
  notANumber: 7,
  infinite: 8,
  boolean: 9,
  isoDate: 10,
  isoDateTime: 11,
  isoZoned: 12,
  dayFirst: 13,
  monthFirst: 14,
  dayOrMonthFirst: 15,
  dottedDate: 16,
  slashedYearFirst: 17,
  wordDate: 18,
  decimalComma: 19,
  groupedThousands: 20,
  percent: 21,
  money: 22,
  text: 23,
  nested: 24,
} as const;

export type Form = (typeof form)[keyof typeof form];

export const formCount = 25;

export const formWords: readonly string[] = [
  "empty",
  "null word",
  "integer",
  "decimal number",
  "number in scientific notation",
  "integer beyond 2^53",
  "digits with a leading zero",
  "NaN",
  "infinity",
  "boolean",
  "date (2026-11-23)",
  "date and time (2026-11-23 08:00:00)",
  "date and time with zone (2026-11-23T08:00:00Z)",
  "date, day first (23/11/2026)",
  "date, month first (11/23/2026)",
  "date, day or month first (03/04/2026)",
  "date with dots (23.11.2026)",
  "date, year first (2026/11/23)",
  "date with a month's name (23 Nov 2026)",
  "number with a decimal comma",
  "number with thousands separators",
  "percentage",
  "amount of money",
  "text",
  "nested value",
];

/** The groups that checks ask for, as bit masks over forms. */
const mask = (...forms: readonly number[]): number => forms.reduce((bits, one) => bits | (1 << one), 0);

export const nullForms = mask(form.empty, form.nullWord);
export const integerForms = mask(form.integer, form.bigInteger);
export const numberForms = mask(form.integer, form.decimal, form.scientific, form.bigInteger);
export const dateForms = mask(
  form.isoDate,
  form.isoDateTime,
  form.isoZoned,
  form.dayFirst,
  form.monthFirst,
  form.dayOrMonthFirst,
  form.dottedDate,
  form.slashedYearFirst,
  form.wordDate,
);
export const isoForms = mask(form.isoDate, form.isoDateTime, form.isoZoned);
/** Text that a person reads as a number and a program does not. */
export const dressedNumberForms = mask(form.decimalComma, form.groupedThousands, form.percent, form.money);

export function isIn(forms: number, one: number): boolean {
  return ((forms >>> one) & 1) === 1;
}

export interface ReadCell {
  readonly form: Form;
  /** The number, milliseconds since 1970 for times, 1 or 0 for booleans, else NaN. */
  readonly value: number;
}

const nullWords = new Set("na n/a n.a. null none nil - -- #n/a #na (null) \\n <na> <null>".split(" "));
const trueWords = new Set(["true", "yes"]);
const falseWords = new Set(["false", "no"]);

/** Reads one cell's text. Blanks around numbers, dates and words are forgiven here and reported by a check. */
export function readCell(text: string): ReadCell {
  const trimmed = text.trim();
  if (trimmed === "") return { form: text === "" ? form.empty : form.nullWord, value: Number.NaN };
  const first = trimmed.charCodeAt(0);
  if (first < 58 || first === 8722 || first > 126) {
    const numeric = readNumber(trimmed) ?? readDate(trimmed) ?? readDressedNumber(trimmed);
    if (numeric !== null) return numeric;
  }
  return readWord(trimmed);
}

function readWord(trimmed: string): ReadCell {
  if (trimmed.length > 40) return { form: form.text, value: Number.NaN };
  const lower = trimmed.toLowerCase();
  if (nullWords.has(lower)) return { form: form.nullWord, value: Number.NaN };
  if (trueWords.has(lower)) return { form: form.boolean, value: 1 };
  if (falseWords.has(lower)) return { form: form.boolean, value: 0 };
  if (lower === "nan") return { form: form.notANumber, value: Number.NaN };
  if (/^[+-]?inf(inity)?$/.test(lower)) {
    return { form: form.infinite, value: lower.startsWith("-") ? -Infinity : Infinity };
  }
  return readDate(trimmed) ?? readDressedNumber(trimmed) ?? { form: form.text, value: Number.NaN };
}

const plainNumber = /^[+-]?(\d+)(\.\d*)?([eE][+-]?\d+)?$|^[+-]?\.\d+([eE][+-]?\d+)?$/;

function readNumber(text: string): ReadCell | null {
  const match = plainNumber.exec(text);
  if (match === null) return null;
  const value = Number(text);
  if (match[3] !== undefined || match[4] !== undefined) return { form: form.scientific, value };
  const digits = match[1];
  if (digits === undefined || match[2] !== undefined) return { form: form.decimal, value };
  if (digits.length > 1 && digits.startsWith("0")) return { form: form.leadingZero, value };
  return { form: Number.isSafeInteger(value) ? form.integer : form.bigInteger, value };
}

const iso =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s?(Z|[+-]\d{2}:?\d{2}|UTC)?)?$/;
const slashed =
  /^(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})(?:[ T](\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?(?: ?[AaPp][Mm])?)?$/;
const yearFirst = /^(\d{4})[/.](\d{1,2})[/.](\d{1,2})(?:[ T](\d{1,2}):(\d{2})(?::(\d{2}))?)?$/;
const monthNames = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec";
const worded = new RegExp(
  `^(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? )?(?:\\d{1,2}[ -](?:${monthNames})[a-z]*\\.?[ -,]+\\d{2,4}|(?:${monthNames})[a-z]*\\.? \\d{1,2},? \\d{4})(?:[ ,].*\\d{1,2}:\\d{2}.*)?$`,
  "i",
);

function readDate(text: string): ReadCell | null {
  if (text.length < 6 || text.length > 40) return null;
  const isoMatch = iso.exec(text);
  if (isoMatch !== null) return isoDate(isoMatch);
  const slashMatch = slashed.exec(text);
  if (slashMatch !== null) return slashedDate(slashMatch);
  const yearMatch = yearFirst.exec(text);
  if (yearMatch !== null) {
    const value = utc(yearMatch[1], yearMatch[2], yearMatch[3], yearMatch[4], yearMatch[5], yearMatch[6]);
    return Number.isNaN(value) ? null : { form: form.slashedYearFirst, value };
  }
  if (!worded.test(text)) return null;
  const value = Date.parse(/\d:\d\d/.test(text) ? text : `${text} UTC`);
  return { form: form.wordDate, value };
}

function isoDate(match: RegExpExecArray): ReadCell | null {
  const value = utc(match[1], match[2], match[3], match[4], match[5], match[6]);
  if (Number.isNaN(value)) return null;
  if (match[4] === undefined) return { form: form.isoDate, value };
  const milliseconds = match[7] === undefined ? 0 : Math.floor(Number(`0.${match[7]}`) * 1000 + 1e-6);
  const zone = match[8];
  if (zone === undefined) return { form: form.isoDateTime, value: value + milliseconds };
  return { form: form.isoZoned, value: value + milliseconds - zoneMinutes(zone) * 60_000 };
}

function zoneMinutes(zone: string): number {
  if (zone === "Z" || zone === "UTC") return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return zone.startsWith("-") ? -minutes : minutes;
}

function slashedDate(match: RegExpExecArray): ReadCell | null {
  const first = Number(match[1]);
  const second = Number(match[3]);
  if (first === 0 || second === 0 || (first > 12 && second > 12) || first > 31 || second > 31) return null;
  const year = match[4]!.length === 2 ? `20${match[4]}` : match[4];
  const dayFirst = match[2] === "." || first > 12;
  const [day, month] = dayFirst ? [match[1], match[3]] : [match[3], match[1]];
  const value = utc(year, month, day, match[5], match[6], match[7]);
  if (Number.isNaN(value)) return null;
  if (match[2] === ".") return { form: form.dottedDate, value };
  if (first > 12) return { form: form.dayFirst, value };
  return { form: second > 12 ? form.monthFirst : form.dayOrMonthFirst, value };
}

/** Milliseconds since 1970 UTC, NaN for a day that does not exist. */
function utc(...parts: ReadonlyArray<string | undefined>): number {
  const [year, month, day, hour = 0, minute = 0, second = 0] = parts.map((part) =>
    part === undefined ? undefined : Number(part),
  );
  if (month! < 1 || month! > 12 || day! < 1 || hour > 24 || minute > 59 || second > 60) return Number.NaN;
  const value = Date.UTC(year!, month! - 1, day!, hour, minute, second);
  return new Date(Date.UTC(year!, month! - 1, day!)).getUTCDate() === day ? value : Number.NaN;
}

const grouped = /^[+-]?\d{1,3}([,. '’\u00a0\u202f])\d{3}(?:\1\d{3})*(?:[.,]\d+)?$/;
const commaDecimal = /^[+-]?\d*,\d+(?:[eE][+-]?\d+)?$/;
const currency =
  /^(?:[-+]?\s?(?:[$€£¥₹]|USD|EUR|GBP|CHF)\s?[-+]?[\d.,' ]*\d|[-+]?\d[\d.,' ]*\s?(?:[$€£¥₹]|USD|EUR|GBP|CHF))$/;

/** Numbers in the dress of a spreadsheet: `0,36`, `1,234.50`, `12 %`, `$5`. `1,234` alone counts as thousands. */
function readDressedNumber(text: string): ReadCell | null {
  if (text.length > 40) return null;
  if (/^[+-]?\d[\d.,]*\s?%$/.test(text)) {
    return { form: form.percent, value: Number.parseFloat(text.replace(",", ".")) / 100 };
  }
  if (grouped.test(text) && !/^[+-]?(?:\d{1,3}\.\d{3}$|0)/.test(text)) {
    const decimal = /[.,]\d{1,2}$/.exec(text)?.[0] ?? "";
    const whole = text.slice(0, text.length - decimal.length).replace(/[^\d-]/g, "");
    return { form: form.groupedThousands, value: Number(`${whole}${decimal.replace(",", ".")}`) };
  }
  if (commaDecimal.test(text)) return { form: form.decimalComma, value: Number(text.replace(",", ".")) };
  if (currency.test(text)) return { form: form.money, value: Number(text.replace(/[^\d.-]/g, "")) };
  return null;
}

/** Reads the text of a cell whose format has numbers of its own (JSON, Parquet): "39" is text there, not a number. */
export function readTypedText(text: string): ReadCell {
  const cell = readCell(text);
  const digits = isIn(numberForms, cell.form) || cell.form === form.leadingZero;
  return digits ? { form: form.text, value: Number.NaN } : cell;
}

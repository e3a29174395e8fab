import type { TableCheck } from "../check.ts";
import {
  dateForms,
  dressedNumberForms,
  form,
  formCount,
  formWords,
  isIn,
  nullForms,
  numberForms,
} from "../cell-form.ts";
import { counted, finding, thousands } from "../check-finding.ts";
import { type ColumnFacts, countIn, firstsIn } from "../column-facts.ts";
import { columnOf, severityFor } from "../contract.ts";
import { looksLikeId } from "../table-facts.ts";
import { distinctLike, quoted } from "../words.ts";

const numeric = numberForms | (1 << form.notANumber) | (1 << form.infinite);
const filled = (column: ColumnFacts): number => column.rows - countIn(column, nullForms);

/** What can be said without a contract: a column that is almost all numbers (or dates) and holds strangers. */
export const mixedTypesCheck: TableCheck = {
  kind: "table",
  name: "mixed-types",
  group: "column",
  severity: "error",
  says: "Without a contract for the column: at least nine of ten values are numbers (or dates), the others are not, nor words for null. With a contract, `type` decides row by row.",
  run({ facts, contract }) {
    return facts.columns.flatMap((column) => {
      const severity = severityFor("mixed-types", "error", contract, null);
      if (severity === "off" || columnOf(contract, column.name) !== null) return [];
      const total = filled(column);
      for (const [family, words] of [
        // Codes among numbers (a post code 03097) are digits: whether they are codes or numbers is the contract's to say.
        [numeric | (1 << form.leadingZero), "numbers"],
        [dateForms, "dates"],
      ] as const) {
        const inside = countIn(column, family);
        const strangers = total - inside;
        if (inside < total * 0.9 || strangers === 0) continue;
        const others = 2 ** formCount - 1 - family - nullForms;
        const { lines, examples } = firstsIn(column, others);
        return [
          finding({
            check: "mixed-types",
            severity,
            column: column.name,
            count: strangers,
            lines,
            examples,
            message: `${column.name}: ${thousands(strangers)} of ${thousands(column.rows)} values are not ${words}; examples ${quoted(distinctLike(examples))}`,
          }),
        ];
      }
      return [];
    });
  },
};

export const numberFormatCheck: TableCheck = {
  kind: "table",
  name: "number-format",
  group: "column",
  severity: "error",
  says: "Without a contract for the column: most values are numbers in the dress of a spreadsheet (decimal comma, thousands separators, percent or currency signs), which programs read as text. Percent and currency signs are a warning, and with up to 20 distinct values they are categories.",
  run({ facts, contract }) {
    return facts.columns.flatMap((column) => {
      const own = columnOf(contract, column.name);
      const severity = severityFor("number-format", "error", contract, own);
      const dressed = countIn(column, dressedNumberForms);
      const total = filled(column);
      if (severity === "off" || own !== null || dressed === 0 || total === 0) return [];
      if (dressed + countIn(column, numeric) < total * 0.9 || dressed < total * 0.1) return [];
      const forms = [form.decimalComma, form.groupedThousands, form.percent, form.money].filter(
        (one) => column.forms[one]! > 0,
      );
      const main = forms.reduce((a, b) => (column.forms[b]! > column.forms[a]! ? b : a));
      const signed = main === form.percent || main === form.money;
      // A handful of texts with signs are categories ("20%"), not numbers.
      if (signed && column.distinct <= 20) return [];
      const commas = main === form.groupedThousands && column.forms[form.decimalComma]! > 0 ? form.decimalComma : main;
      const words: Record<number, string> = {
        [form.decimalComma]: "text with decimal commas, not numbers",
        [form.groupedThousands]: "text with thousands separators, not numbers",
        [form.percent]: "percentages with their sign, text and not numbers",
        [form.money]: "amounts with a currency sign, text and not numbers",
      };
      const { lines, examples } = firstsIn(column, dressedNumberForms);
      return [
        finding({
          check: "number-format",
          severity: signed && severity === "error" ? "warning" : severity,
          column: column.name,
          count: dressed,
          lines,
          examples,
          message: `${column.name}: ${thousands(dressed)} of ${thousands(column.rows)} values are ${words[commas]}; examples ${quoted(distinctLike(examples))}`,
        }),
      ];
    });
  },
};

const dateWays: readonly number[] = [
  (1 << form.isoDate) | (1 << form.isoDateTime) | (1 << form.isoZoned),
  1 << form.dayFirst,
  1 << form.monthFirst,
  1 << form.dottedDate,
  1 << form.slashedYearFirst,
  1 << form.wordDate,
];

export const mixedDatesCheck: TableCheck = {
  kind: "table",
  name: "mixed-dates",
  group: "column",
  severity: "error",
  says: "A column writes dates in several ways (day first and month first, dots and dashes, …): which day 03/04 is cannot be known. Times with and without a zone in one column are a warning.",
  run({ facts, contract }) {
    return facts.columns.flatMap((column) => {
      const own = columnOf(contract, column.name);
      const severity = severityFor("mixed-dates", "error", contract, own);
      const dates = countIn(column, dateForms);
      if (
        severity === "off" ||
        dates < filled(column) * 0.5 ||
        dates === 0 ||
        own?.type === "text" ||
        (own?.type === "time" && own.format !== "day-or-month-first")
      )
        return [];
      const ways = dateWays.filter((way) => countIn(column, way) > 0);
      // 03/04/2026 is either of two ways: a third one only where neither of them is there.
      const slashed = ways.some((way) => way === 1 << form.dayFirst || way === 1 << form.monthFirst);
      if (!slashed && column.forms[form.dayOrMonthFirst]! > 0) ways.push(1 << form.dayOrMonthFirst);
      const zones = column.forms[form.isoZoned]! > 0 && column.forms[form.isoDateTime]! > 0;
      if (ways.length < 2 && !zones) return [];
      const present = Array.from({ length: formCount }, (_, one) => one).filter(
        (one) => isIn(dateForms, one) && column.forms[one]! > 0,
      );
      const rarest = present.reduce((a, b) => (column.forms[b]! < column.forms[a]! ? b : a));
      return [
        finding({
          check: "mixed-dates",
          severity: ways.length < 2 && severity === "error" ? "warning" : severity,
          column: column.name,
          count: column.forms[rarest]!,
          lines: column.firsts[rarest]!.lines,
          examples: present.map((one) => column.firsts[one]!.examples[0] ?? ""),
          message: `${column.name}: dates in ${present.length} ways: ${present.map((one) => `${formWords[one]} ${thousands(column.forms[one]!)}`).join(", ")}`,
        }),
      ];
    });
  },
};

export const bigIntegersCheck: TableCheck = {
  kind: "table",
  name: "big-integers",
  group: "column",
  severity: "warning",
  says: "Integers beyond 2^53: readers that use doubles (JavaScript, JSON, data frames with nulls) give different ids the same value.",
  run({ facts, contract }) {
    return facts.columns.flatMap((column) => {
      const own = columnOf(contract, column.name);
      const severity = severityFor("big-integers", "warning", contract, own);
      const count = column.forms[form.bigInteger]!;
      if (count === 0 || severity === "off" || own?.type === "text" || (own === null && column.declaredType !== null))
        return [];
      const firsts = column.firsts[form.bigInteger]!;
      return [
        finding({
          check: "big-integers",
          severity,
          column: column.name,
          count,
          lines: firsts.lines,
          examples: firsts.examples,
          message: `${column.name} exceeds the safe integer range (2^53) on ${thousands(count)} rows: read as text or 64-bit integer`,
        }),
      ];
    });
  },
};

export const scientificIdsCheck: TableCheck = {
  kind: "table",
  name: "scientific-ids",
  group: "reference",
  severity: "error",
  says: "An identifier is written in scientific notation (3.02E+10), as spreadsheets do with long numbers: its last digits are gone, and different ids became one.",
  run({ facts, contract }) {
    return facts.columns.flatMap((column) => {
      const own = columnOf(contract, column.name);
      const severity = severityFor("scientific-ids", "error", contract, own);
      const isKey =
        contract?.key.includes(column.name) === true ||
        own?.unique === true ||
        (own?.type !== "number" && looksLikeId(column.name));
      const count = column.forms[form.scientific]!;
      if (severity === "off" || !isKey || count === 0 || count < filled(column) * 0.01 || column.declaredType !== null)
        return [];
      const repeats = filled(column) - column.distinct;
      const firsts = column.firsts[form.scientific]!;
      return [
        {
          ...finding({
            check: "scientific-ids",
            severity,
            column: column.name,
            count,
            lines: firsts.lines,
            examples: firsts.examples,
            message: `${column.name}: ${thousands(count)} of ${thousands(column.rows)} values are not integers but in scientific notation, as a spreadsheet writes them (${quoted([...new Set(firsts.examples)].slice(0, 2))})${repeats > 0 && facts.sample.complete ? `; ${thousands(repeats)} repeats after loss of digits` : ""}`,
          }),
          explains: { columns: [column.name], checks: ["type", "unique", "range", "stuck"] },
        },
      ];
    });
  },
};

export const controlCharactersCheck: TableCheck = {
  kind: "table",
  name: "control-characters",
  group: "column",
  severity: "warning",
  says: "Texts hold control characters (NUL, escape sequences, backspaces): they upset terminals, spreadsheets and parsers. They are shown escaped.",
  run({ facts, contract }) {
    return facts.columns.flatMap((column) => {
      const severity = severityFor("control-characters", "warning", contract, columnOf(contract, column.name));
      if (severity === "off" || column.texts.control === 0) return [];
      const examples = column.texts.counts
        .filter(([text]) => /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/.test(text))
        .map(([text]) => text);
      return [
        finding({
          check: "control-characters",
          severity,
          column: column.name,
          count: column.texts.control,
          lines: column.texts.controlLines,
          examples,
          message: `${column.name}: ${counted(column.texts.control, "value")} with control characters`,
        }),
      ];
    });
  },
};

const spellings: readonly RegExp[] = [
  /^(true|false)$/,
  /^(True|False)$/,
  /^(TRUE|FALSE)$/,
  /^(yes|no)$/i,
  /^[yn]$/i,
  /^[tf]$/i,
  /^[01]$/,
];

export const booleanSpellingsCheck: TableCheck = {
  kind: "table",
  name: "boolean-spellings",
  group: "column",
  severity: "warning",
  says: "A column of truth values writes them in several ways (true and yes, True and TRUE, Y and 1).",
  run({ facts, contract }) {
    return facts.columns.flatMap((column) => {
      const own = columnOf(contract, column.name);
      const severity = severityFor("boolean-spellings", "warning", contract, own);
      if (severity === "off" || !column.texts.complete || (own?.values !== undefined && own.values !== null)) return [];
      if (column.distinct > 12) return [];
      const cells = facts.sample.columns[column.position]!;
      const counts = new Map<string, number>();
      for (let row = 0; row < facts.sample.rows; row++) {
        if (cells.forms[row]! > form.nullWord) counts.set(cells.texts[row]!, (counts.get(cells.texts[row]!) ?? 0) + 1);
        if (counts.size > 12) return [];
      }
      const used = spellings.map((way) => [...counts.keys()].filter((text) => way.test(text.trim())));
      const ways = used.filter((texts) => texts.length > 0);
      if (ways.length < 2 || ways.flat().length < counts.size) return [];
      return [
        finding({
          check: "boolean-spellings",
          severity,
          column: column.name,
          examples: ways.flat(),
          message: `${column.name}: truth values in ${ways.length} spellings: ${quoted(ways.flat().slice(0, 8))}`,
        }),
      ];
    });
  },
};

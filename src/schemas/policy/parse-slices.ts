import {
  DEFAULT_SLICE_LIMIT,
  type Dimension,
  type LastWindow,
  parseSpan,
  type SliceEntry,
  type SliceForm,
} from "../../core/slices/slice-entry.ts";
import type { Path } from "../yaml-source.ts";
import { parseCondition, type Report } from "./parse-condition.ts";
import type { DimensionFile, SliceFile } from "./policy-file.ts";

const BANDS = ["edges", "quantiles", "period"] as const;

/** @param time the policy's time column, for `last` and for `period` alone */
export function parseSlices(
  file: Readonly<Record<string, SliceFile>>,
  time: string | null,
  report: Report,
): SliceEntry[] {
  return Object.entries(file).flatMap(([name, entry]) => {
    const path = ["slices", name];
    const form = formOf(entry, path, time, report);
    if (form === null || !keysFit(entry, form, path, report)) return [];
    const costs = entry.costs && {
      falsePositive: entry.costs.false_positive,
      falseNegative: entry.costs.false_negative,
    };
    return [
      {
        name,
        form,
        weight: entry.weight ?? 1,
        blocking: entry.blocking ?? false,
        margin: entry.margin ?? 0,
        ...(costs === undefined ? {} : { costs }),
        share: entry.share ?? false,
        limit: entry.limit ?? DEFAULT_SLICE_LIMIT,
      },
    ];
  });
}

function formOf(entry: SliceFile, path: Path, time: string | null, report: Report): SliceForm | null {
  const many = [entry.each !== undefined && "each", entry.cross !== undefined && "cross"].filter(
    (key) => key !== false,
  );
  const one = [entry.where !== undefined && "where", entry.last !== undefined && "last"].filter((key) => key !== false);
  if (many.length > 1 || (many.length === 1 && one.length > 0)) {
    report({
      path,
      message: `has ${[...many, ...one].join(" and ")}; an entry has one form`,
      mend: ["make two entries, or cross the columns: cross: [a, b]"],
    });
    return null;
  }
  if (entry.cross !== undefined) return crossOf(entry.cross, path, report);
  if (entry.each !== undefined) return eachOf(entry.each, entry, path, report);
  if (entry.period !== undefined && one.length === 0) return periodAlone(entry.period, path, time, report);
  const last = entry.last === undefined ? undefined : windowOf(entry.last, path, time, report);
  if (entry.where !== undefined) {
    const where = parseCondition(entry.where, [...path, "where"], report);
    if (where === null || last === null) return null;
    return last === undefined ? { kind: "where", where } : { kind: "where", where, last };
  }
  if (last === undefined) {
    report({
      path,
      message: "does not say which rows it has",
      mend: [
        "a condition: where: { column: value }; every value: each: column; combinations: cross: [a, b]; the newest: last: 7d",
      ],
    });
    return null;
  }
  return last === null ? null : { kind: "last", last };
}

/** Keys that only some forms read are refused with the others, since silence would hide a mistake. */
function keysFit(entry: SliceFile, form: SliceForm, path: Path, report: Report): boolean {
  const many = form.kind === "each" || form.kind === "cross";
  const stray = [...(many ? [] : (["share", "limit"] as const)), ...(form.kind === "each" ? [] : BANDS)].filter(
    (key) => entry[key] !== undefined,
  );
  for (const key of stray) {
    const goesWith = key === "share" || key === "limit" ? "each and cross" : "each";
    const inCross = form.kind === "cross" && goesWith === "each";
    report({
      path: [...path, key],
      message: `goes with ${goesWith}, and this entry has ${form.kind}`,
      mend: [inCross ? `put it in the part that it cuts: cross: [a, { column: b, ${key}: … }]` : `drop ${key}`],
    });
  }
  return stray.length === 0;
}

function periodAlone(
  period: NonNullable<SliceFile["period"]>,
  path: Path,
  time: string | null,
  report: Report,
): SliceForm | null {
  if (time !== null) return { kind: "each", by: { column: time, by: "period", period } };
  report({ path: [...path, "period"], ...NO_TIME });
  return null;
}

const NO_TIME = {
  message: "needs to know which column is the time",
  mend: ["name it under columns: time: COLUMN"],
} as const;

function windowOf(text: string, path: Path, time: string | null, report: Report): LastWindow | null {
  const milliseconds = parseSpan(text);
  if (milliseconds === null) {
    report({ path: [...path, "last"], message: `is "${text}"; it takes a span such as 90m, 24h, 7d or 4w` });
    return null;
  }
  if (time !== null) return { column: time, milliseconds, text };
  report({ path: [...path, "last"], ...NO_TIME });
  return null;
}

function eachOf(each: DimensionFile, entry: SliceFile, path: Path, report: Report): SliceForm | null {
  const inside = typeof each === "object" ? each : { column: each };
  const twice = BANDS.filter((key) => inside[key] !== undefined && entry[key] !== undefined);
  for (const key of twice) report({ path: [...path, key], message: `is there twice, beside each and in it` });
  if (twice.length > 0) return null;
  const beside = Object.fromEntries(BANDS.flatMap((key) => (entry[key] === undefined ? [] : [[key, entry[key]]])));
  const by = dimensionOf({ ...inside, ...beside }, path, report);
  return by === null ? null : { kind: "each", by };
}

function crossOf(parts: readonly DimensionFile[], path: Path, report: Report): SliceForm | null {
  const place = [...path, "cross"];
  const by = parts.map((part, index) => dimensionOf(part, [...place, index], report));
  const found = by.filter((part) => part !== null);
  if (found.length < by.length) return null;
  const columns = found.map((part) => part.column);
  const twice = columns.find((column, index) => columns.indexOf(column) !== index);
  if (twice !== undefined) {
    report({ path: place, message: `names ${twice} twice`, mend: ["each column once"] });
    return null;
  }
  return { kind: "cross", by: found };
}

function dimensionOf(file: DimensionFile, path: Path, report: Report): Dimension | null {
  if (typeof file !== "object") return { column: String(file), by: "value" };
  const column = String(file.column);
  const given = BANDS.filter((key) => file[key] !== undefined);
  if (given.length > 1) {
    report({ path, message: `has ${given.join(" and ")}; a column is cut one way`, mend: ["keep one"] });
    return null;
  }
  if (file.period !== undefined) return { column, by: "period", period: file.period };
  if (file.quantiles !== undefined) return { column, by: "quantiles", quantiles: file.quantiles };
  if (file.edges === undefined) return { column, by: "value" };
  const edges = file.edges;
  const rising = edges.every((edge, index) => Number.isFinite(edge) && (index === 0 || edge > edges[index - 1]!));
  if (!rising) {
    report({ path: [...path, "edges"], message: `is [${edges.join(", ")}]; edges rise, each once`, mend: [] });
    return null;
  }
  return { column, by: "edges", edges };
}

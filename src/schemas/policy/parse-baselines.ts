import { nearest } from "../../core/nearest.ts";
import { parseSpan } from "../../core/slices/slice-entry.ts";
import type { Path } from "../yaml-source.ts";
import type { Report } from "./parse-condition.ts";
import type { Baseline, BaselineEntry } from "./policy.ts";
import type { BaselineFile } from "./policy-file.ts";

const KINDS = [
  "column",
  "random",
  "majority",
  "prior",
  "mean",
  "median",
  "last",
  "seasonal_last",
  "value",
  "threshold",
  "linear",
  "logistic",
] as const;
type Kind = (typeof KINDS)[number];
/** Those that a single word can name. */
const WORDS: readonly string[] = ["random", "majority", "prior", "mean", "median", "last", "linear", "logistic"];
const WITH_BY: readonly Kind[] = ["mean", "median", "last", "seasonal_last"];

export const DEFAULT_BASELINE_SEED = 1;

/** `{ name: { column: … } }`, `{ name: prior }` or `[prior, random]`. */
export function parseBaselines(
  file: Readonly<Record<string, string | BaselineFile>> | readonly string[],
  report: Report,
): BaselineEntry[] {
  if (Array.isArray(file)) {
    return file.flatMap((word: string, index) => entryOf(word, wordBaseline(word, ["baselines", index], report)));
  }
  return Object.entries(file as Readonly<Record<string, string | BaselineFile>>).flatMap(([name, value]) => {
    const path = ["baselines", name];
    return entryOf(
      name,
      typeof value === "string" ? wordBaseline(value, path, report) : mapBaseline(value, path, report),
    );
  });
}

function entryOf(name: string, baseline: Baseline | null): BaselineEntry[] {
  return baseline === null ? [] : [{ name, baseline }];
}

function wordBaseline(word: string, path: Path, report: Report): Baseline | null {
  if (WORDS.includes(word)) return mapBaseline({ [word]: true }, path, report);
  const near = nearest(word, KINDS)[0];
  report({
    path,
    message: `there is no baseline called "${word}"`,
    mend: [
      near === undefined ? `a column is named by { column: ${word} }` : `nearest: ${near}`,
      `baselines: ${KINDS.join(", ")}`,
    ],
  });
  return null;
}

function mapBaseline(file: BaselineFile, path: Path, report: Report): Baseline | null {
  const kinds = KINDS.filter((kind) => file[kind] !== undefined && file[kind] !== false);
  const [kind, second] = kinds;
  if (kind === undefined || second !== undefined) {
    report({
      path,
      message: kind === undefined ? "does not say what it is" : `is ${kinds.join(" and ")} at once`,
      mend: [`one of ${KINDS.join(", ")}`],
    });
    return null;
  }
  if (file.by !== undefined && !WITH_BY.includes(kind)) {
    report({ path: [...path, "by"], message: `goes with ${WITH_BY.join(", ")}, not with ${kind}`, mend: ["drop by"] });
    return null;
  }
  if (file.at !== undefined && kind !== "threshold") {
    report({ path: [...path, "at"], message: `goes with threshold, not with ${kind}`, mend: ["drop at"] });
    return null;
  }
  return baselineOf(kind, file, path, report);
}

function baselineOf(kind: Kind, file: BaselineFile, path: Path, report: Report): Baseline | null {
  switch (kind) {
    case "column":
      return { kind, column: String(file.column) };
    case "random":
      return { kind, seed: typeof file.random === "number" ? file.random : DEFAULT_BASELINE_SEED };
    case "majority":
    case "prior":
      return { kind };
    case "mean":
    case "median":
    case "last": {
      const inside = file[kind];
      const by = file.by ?? (typeof inside === "object" && inside !== null ? inside.by : undefined);
      return { kind, by: columnList(by) };
    }
    case "seasonal_last":
      return seasonal(file.seasonal_last!, columnList(file.by), path, report);
    case "value":
      return { kind, value: file.value! };
    case "threshold": {
      const inside = file.threshold!;
      if (typeof inside !== "object") return { kind, column: String(inside), at: file.at ?? null };
      return { kind, column: String(inside.column), at: inside.at ?? file.at ?? null };
    }
    case "linear":
    case "logistic": {
      const features = file[kind];
      return { kind, features: Array.isArray(features) ? features.map(String) : null };
    }
  }
}

function seasonal(period: number | string, by: readonly string[], path: Path, report: Report): Baseline | null {
  if (typeof period === "number") return { kind: "seasonal_last", period: { rows: period }, by };
  const milliseconds = parseSpan(period);
  if (milliseconds === null) {
    report({
      path: [...path, "seasonal_last"],
      message: `is "${period}"; it takes a number of rows (24) or a span (24h, 7d, 4w)`,
    });
    return null;
  }
  return { kind: "seasonal_last", period: { milliseconds }, by };
}

/** One name or several as a list; nothing as an empty one. */
export function columnList(names: string | number | readonly (string | number)[] | undefined): string[] {
  if (names === undefined) return [];
  return (typeof names === "object" ? names : [names]).map(String);
}

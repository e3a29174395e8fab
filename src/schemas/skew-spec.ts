import type { SkewSpec } from "../core/skew/compare-features.ts";
import type { Expression } from "../core/skew/expression.ts";
import { ExpressionError, parseExpression } from "../core/skew/parse-expression.ts";
import { checked, isMap, wrong } from "./drift-settings.ts";
import type { YamlSource } from "./yaml-source.ts";
import { readYaml } from "./yaml-source.ts";

/** A specification of transformations as read from a file. */
export interface SkewSettings extends SkewSpec {
  /** Column that names a request in both tables; null to be given on the command line. */
  readonly id: string | null;
  readonly time: string | null;
}

const keys = ["id", "time", "tolerance", "features", "transform"];

/**
 * ```yaml
 * id: row_id
 * time: timestamp
 * tolerance: 1e-6
 * features:
 *   temp: temperature_c / 41
 *   month: month of timestamp
 *   season: copy
 *   size: { map: size_text, values: { S: 1, M: 2 }, otherwise: 0 }
 * ```
 * A key may name several features (`season, holiday: copy`); `transform` is another name for `features`; keys that are not
 * known are refused, except beside `transform`, where tools put notes of their own.
 * @throws Failure POLICY with line and column
 */
export function readSkewSpec(text: string, file: string): SkewSettings {
  const source = checked(readYaml(text, file));
  const root = source.value;
  if (!isMap(root))
    throw wrong(source, [], "a map with features is wanted", ["features: { temp: temperature_c / 41 }"]);
  const section = "features" in root ? "features" : "transform";
  const map = root[section];
  if (!isMap(map) || Object.keys(map).length === 0)
    throw wrong(source, [], "features is missing: a map of feature to transformation");
  if (section === "features") {
    for (const key of Object.keys(root))
      if (!keys.includes(key)) throw wrong(source, [key], `there is no "${key}" here`, [`keys: ${keys.join(", ")}`]);
  }
  const features = Object.entries(map).flatMap(([names, value]) =>
    names.split(",").map((part) => {
      const name = part.trim();
      return { name, ...transformation(source, [section, names], name, value) };
    }),
  );
  const tolerance = root["tolerance"] === undefined ? 1e-6 : Number(root["tolerance"]);
  if (!(tolerance >= 0)) throw wrong(source, ["tolerance"], "tolerance is a number at or above 0");
  return { features, tolerance, id: textOr(root["id"]), time: textOr(root["time"]) };
}

function textOr(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

function transformation(
  source: YamlSource,
  path: readonly (string | number)[],
  name: string,
  value: unknown,
): { expression: Expression; text: string } {
  if (typeof value === "number") return { expression: { kind: "number", value }, text: String(value) };
  if (typeof value === "string") return { expression: parsed(source, path, name, value), text: value };
  if (!isMap(value) || typeof value["map"] !== "string" || !isMap(value["values"])) {
    throw wrong(
      source,
      path,
      `${name}: a transformation is a text such as "temperature_c / 41", or { map, values, otherwise }`,
    );
  }
  const otherwise = value["otherwise"] ?? null;
  if (otherwise !== null && typeof otherwise !== "number" && typeof otherwise !== "string") {
    throw wrong(source, [...path, "otherwise"], "otherwise is a number or a text");
  }
  const values = new Map<string, number | string>();
  for (const [from, to] of Object.entries(value["values"])) {
    if (typeof to !== "number" && typeof to !== "string")
      throw wrong(source, [...path, "values", from], "a value maps to a number or a text");
    values.set(from, to);
  }
  const of = parsed(source, [...path, "map"], name, value["map"]);
  return { expression: { kind: "map", of, values, otherwise }, text: `map of ${value["map"]}` };
}

function parsed(source: YamlSource, path: readonly (string | number)[], name: string, text: string): Expression {
  if (text.trim() === "copy" || text.trim() === "copied") return { kind: "column", name };
  try {
    return parseExpression(text);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    throw wrong(source, path, `${name}: ${error.message}, at "${text.slice(error.position, error.position + 12)}"`);
  }
}

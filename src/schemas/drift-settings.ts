import type { ExpectedEvent } from "../core/drift/events.ts";
import { Failure } from "../core/failures.ts";
import type { YamlSource } from "./yaml-source.ts";
import { readYaml } from "./yaml-source.ts";

type Place = readonly (string | number)[];

/**
 * Announced events: a list of `{ name, from, to, columns }`, dates as RFC 3339 or `2012-10-29`; a date as `to` includes
 * that day. `monitors.expected` of a policy and `expected` of a contract have the same form.
 * @throws Failure POLICY with line and column
 */
export function readExpectedEvents(text: string, file: string): ExpectedEvent[] {
  const source = checked(readYaml(text, file));
  return expectedEvents(source, [], source.value);
}

/** @throws Failure POLICY with line and column of a value at `path` of a document */
export function expectedEvents(source: YamlSource, path: Place, list: unknown): ExpectedEvent[] {
  if (!Array.isArray(list)) throw wrong(source, path, "a list of events is wanted: - { name, from, to }");
  return list.map((entry: unknown, place): ExpectedEvent => {
    const index = [...path, place];
    if (!isMap(entry)) throw wrong(source, index, "an event is { name, from, to, columns }");
    for (const key of Object.keys(entry)) {
      if (!["name", "from", "to", "columns"].includes(key))
        throw wrong(source, [...index, key], `an event has no "${key}"`);
    }
    const { name, columns = [] } = entry;
    if (typeof name !== "string" || name === "") throw wrong(source, index, "an event needs a name");
    if (!Array.isArray(columns) || !columns.every((column) => typeof column === "string")) {
      throw wrong(source, [...index, "columns"], "columns is a list of column names");
    }
    const from = timeOf(source, [...index, "from"], entry["from"], false);
    const to = timeOf(source, [...index, "to"], entry["to"], true);
    if (to <= from) throw wrong(source, [...index, "to"], "the event ends before it begins");
    return { name, from, to, columns };
  });
}

/**
 * Importance per column: a map of names to numbers at or above 0, any unit.
 * @throws Failure POLICY with line and column
 */
export function readImportance(text: string, file: string): Map<string, number> {
  const source = checked(readYaml(text, file));
  return columnImportance(source, [], source.value);
}

/** @throws Failure POLICY with line and column of a value at `path` of a document */
export function columnImportance(source: YamlSource, path: Place, map: unknown): Map<string, number> {
  if (!isMap(map)) throw wrong(source, path, "a map of column to importance is wanted");
  const importance = new Map<string, number>();
  for (const [column, value] of Object.entries(map)) {
    if (typeof value !== "number" || !(value >= 0))
      throw wrong(source, [...path, column], "an importance is a number at or above 0");
    importance.set(column, value);
  }
  return importance;
}

function timeOf(source: YamlSource, path: readonly (string | number)[], value: unknown, end: boolean): number {
  const text = value instanceof Date ? value.toISOString() : String(value ?? "");
  const time = Date.parse(text);
  if (Number.isNaN(time))
    throw wrong(source, path, `"${text}" is not a date; write 2012-10-29 or 2012-10-29T06:00:00Z`);
  return end && /^\d{4}-\d\d-\d\d$/.test(text) ? time + 86_400_000 : time;
}

/** @throws Failure POLICY with the first mistake of the text */
export function checked(source: YamlSource): YamlSource {
  const problem = source.problems[0];
  if (problem === undefined) return source;
  const { line, column } = problem.at ?? source.place(problem.path);
  throw new Failure("POLICY", {
    where: `${source.file}:${line}:${column}`,
    message: problem.message,
    ...(problem.mend === undefined ? {} : { mend: problem.mend }),
  });
}

export function wrong(
  source: YamlSource,
  path: readonly (string | number)[],
  message: string,
  mend: readonly string[] = [],
): Failure {
  return new Failure("POLICY", { where: source.where(path), message, mend });
}

export function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

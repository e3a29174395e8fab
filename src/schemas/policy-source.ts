import { isMap, isScalar, parseDocument, type Pair, type YAMLMap } from "yaml";
import type { PolicyEntry, PolicySource } from "../core/report/report-evidence.ts";

/**
 * Where each slice entry's weight, margin and blocking stand in a policy's text, so that a what-if can be written back
 * without touching anything else. The text must be a policy that was read without error.
 * @param name file name without folders
 */
export function policySource(name: string, text: string): PolicySource {
  const document = parseDocument(text);
  const slices = isMap(document.contents) ? findPair(document.contents, "slices") : undefined;
  if (slices === undefined || !isMap(slices.value))
    return { name, text, section: [text.length, text.length], entries: [] };
  const start = startOf(slices.key) ?? 0;
  const end = slices.value.range?.[2] ?? text.length;
  const entries = slices.value.items.flatMap((item) => {
    const entry = isScalar(item.key) ? String(item.key.value) : null;
    return entry === null || !isMap(item.value) ? [] : [policyEntry(entry, item.value, text)];
  });
  return { name, text, section: [start, end], entries };
}

function findPair(map: YAMLMap, key: string): Pair | undefined {
  return map.items.find((item) => isScalar(item.key) && item.key.value === key);
}

function startOf(node: unknown): number | null {
  return isScalar(node) || isMap(node) ? (node.range?.[0] ?? null) : null;
}

function policyEntry(entry: string, map: YAMLMap, text: string): PolicyEntry {
  const span = (key: string): readonly [number, number] | null => {
    const value = findPair(map, key)?.value;
    return isScalar(value) && value.range ? [value.range[0], value.range[1]] : null;
  };
  const value = (key: string): unknown => {
    const found = findPair(map, key)?.value;
    return isScalar(found) ? found.value : undefined;
  };
  return {
    entry,
    weight: Number(value("weight") ?? 1),
    margin: Number(value("margin") ?? 0),
    blocking: value("blocking") === true,
    spans: { weight: span("weight"), margin: span("margin"), blocking: span("blocking") },
    insert: insertion(map, text),
  };
}

/** After the last value: `, key: value` in a flow mapping, a new line with the same indent in a block mapping. */
function insertion(map: YAMLMap, text: string): PolicyEntry["insert"] {
  const last = map.items[map.items.length - 1];
  const flow = map.flow === true;
  const node = last?.value;
  const end = rangeEnd(node) ?? map.range?.[1] ?? text.length;
  if (flow) return { at: end, before: last === undefined ? " " : ", " };
  const first = map.items[0]?.key;
  const at = startOf(first) ?? 0;
  const indent = at - (text.lastIndexOf("\n", at - 1) + 1);
  // At the end of the line of the last value, so that a comment behind that value stays with it.
  const lineEnd = text.indexOf("\n", text.slice(0, end).trimEnd().length);
  const stop = lineEnd < 0 ? text.length : lineEnd;
  const carriage = text[stop - 1] === "\r";
  return { at: carriage ? stop - 1 : stop, before: `${carriage ? "\r" : ""}\n${" ".repeat(indent)}` };
}

function rangeEnd(node: unknown): number | null {
  const range = (node as { range?: readonly [number, number, number] | null } | null | undefined)?.range;
  return range?.[1] ?? null;
}

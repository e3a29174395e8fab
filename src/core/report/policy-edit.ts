/** A what-if written back into a policy: only the changed values change; comments and order stay. */
import type { PolicyEntry, PolicySource } from "./report-evidence.ts";

export interface EntryChange {
  readonly weight?: number;
  readonly margin?: number;
  readonly blocking?: boolean;
}

const KEYS = ["weight", "blocking", "margin"] as const;

/** The policy's text with the changes of entries made in place. Entries that the policy does not name are left out. */
export function editPolicy(source: PolicySource, changes: ReadonlyMap<string, EntryChange>): string {
  return splice(source.text, editsOf(source, changes));
}

/** The `slices` section alone, changed. */
export function editedSection(source: PolicySource, changes: ReadonlyMap<string, EntryChange>): string {
  const edits = editsOf(source, changes);
  const [start, end] = source.section;
  const moved = edits.map((e) => ({ ...e, start: e.start - start, end: e.end - start }));
  return `${splice(source.text.slice(start, end), moved).trimEnd()}\n`;
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

function editsOf(source: PolicySource, changes: ReadonlyMap<string, EntryChange>): Edit[] {
  return source.entries.flatMap((entry) => entryEdits(entry, changes.get(entry.entry) ?? {}));
}

function entryEdits(entry: PolicyEntry, change: EntryChange): Edit[] {
  const edits: Edit[] = [];
  let added = "";
  for (const key of KEYS) {
    const value = change[key];
    if (value === undefined || value === entry[key]) continue;
    const span = entry.spans[key];
    if (span === null) added += `${entry.insert.before}${key}: ${yamlValue(value)}`;
    else edits.push({ start: span[0], end: span[1], text: yamlValue(value) });
  }
  if (added !== "") edits.push({ start: entry.insert.at, end: entry.insert.at, text: added });
  return edits;
}

/** Plain decimals: YAML 1.2 reads `1e-7` as a number, people do not. */
function yamlValue(value: number | boolean): string {
  if (typeof value === "boolean") return String(value);
  const text = String(value);
  return /e/i.test(text) ? value.toFixed(12).replace(/\.?0+$/, "") : text;
}

function splice(text: string, edits: readonly Edit[]): string {
  const ordered = [...edits].sort((a, b) => b.start - a.start);
  return ordered.reduce((t, e) => t.slice(0, e.start) + e.text + t.slice(e.end), text);
}

interface WrittenSlice {
  readonly name: string;
  readonly entry: string;
  readonly where: unknown;
  readonly weight: number;
  readonly margin: number;
  readonly blocking: boolean;
}

/** A `slices` section written anew from a verdict, for when the policy's text is not at hand. JSON is valid YAML. */
export function writtenSection(slices: readonly WrittenSlice[], changes: ReadonlyMap<string, EntryChange>): string {
  const lines = slices.map((slice) => {
    const now = { ...slice, ...changes.get(slice.entry) };
    const parts = [
      ...(slice.where === null || slice.where === undefined ? [] : [`where: ${JSON.stringify(slice.where)}`]),
      `weight: ${yamlValue(now.weight)}`,
      ...(now.blocking ? ["blocking: true"] : []),
      ...(now.margin === 0 ? [] : [`margin: ${yamlValue(now.margin)}`]),
    ];
    return `  ${/^[A-Za-z][\w ]*$/.test(slice.name) ? slice.name : JSON.stringify(slice.name)}: { ${parts.join(", ")} }`;
  });
  return `slices:\n${lines.join("\n")}\n`;
}

import {
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  type ParsedNode,
  parseDocument,
  visit,
} from "yaml";

/** Keys and indexes from the root of a document. */
export type Path = readonly (string | number)[];

/** What is wrong at a place of a document. */
export interface SourceProblem {
  readonly path: Path;
  /** A key anywhere below `path` to point at, instead of the value at `path` itself. */
  readonly key?: string;
  /** Without the path, which is put before it. */
  readonly message: string;
  readonly mend?: readonly string[];
  /** Known line and column, where the text is no document. */
  readonly at?: { readonly line: number; readonly column: number };
}

/** A YAML text with the place of everything in it. */
export interface YamlSource {
  readonly file: string;
  readonly value: unknown;
  /** Mistakes of the text itself; `value` is not to be used where there are any. */
  readonly problems: readonly SourceProblem[];
  /** Line and column, from 1, of the value at a path, of a key below it, or of the nearest thing above that exists. */
  place(path: Path, key?: string): { readonly line: number; readonly column: number };
  /** The same as text: `umpire.yaml:17:5`. */
  where(path: Path, key?: string): string;
}

const LARGEST_FILE = 1_000_000;
const DEEPEST_NESTING = 64;
const MOST_ALIASES = 100;

/** Reads YAML 1.2 (JSON is a part of it). Never throws: what is wrong with the text comes in `problems`. */
export function readYaml(text: string, file: string): YamlSource {
  const unreadable = (message: string, mend: readonly string[], at = { line: 1, column: 1 }): YamlSource => ({
    file,
    value: undefined,
    problems: [{ path: [], message, mend, at }],
    place: () => at,
    where: () => `${file}:${at.line}:${at.column}`,
  });
  if (text.length > LARGEST_FILE) {
    return unreadable(`the file has ${text.length.toLocaleString("en-US")} characters; a policy is a page`, [
      "is this a data file? the policy names it under data.test",
    ]);
  }
  if (text.includes("\0")) return unreadable("the file is not text", ["save it as UTF-8"]);
  const nesting = deepestNesting(text);
  if (nesting > DEEPEST_NESTING)
    return unreadable(`brackets nest ${nesting} deep; the limit is ${DEEPEST_NESTING}`, []);
  return parsed(text, file, unreadable);
}

function parsed(text: string, file: string, unreadable: (message: string, mend: readonly string[]) => YamlSource) {
  const lines = new LineCounter();
  const place = (offset: number): { line: number; column: number } => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const problems = [...document.errors, ...document.warnings].map((error): SourceProblem => {
    const { message, mend } = explained(error.code, error.message, text, error.pos[0]);
    return { path: [], message, mend, at: place(error.pos[0]) };
  });
  if (problems.length > 0) {
    const first = { line: 1, column: 1 };
    return { file, value: undefined, problems, place: () => first, where: () => `${file}:1:1` } satisfies YamlSource;
  }
  visit(document, { Pair: keepKeyAsWritten });
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: MOST_ALIASES });
  } catch {
    return unreadable("anchors and aliases unfold into too much; write the parts out", []);
  }
  const root = document.contents;
  const placeOf = (path: Path, key?: string) => place(offsetOf(root, path, key) ?? 0);
  return {
    file,
    value,
    problems,
    place: placeOf,
    where(path, key) {
      const { line, column } = placeOf(path, key);
      return `${file}:${line}:${column}`;
    },
  } satisfies YamlSource;
}

/** Keys are names: `null:` is the key "null" and `1.50:` the key "1.50", not the values that they would be elsewhere. */
function keepKeyAsWritten(_: unknown, pair: Pair): void {
  const key = pair.key;
  if (isScalar(key) && typeof key.value !== "string") key.value = key.source ?? String(key.value);
}

function explained(code: string, message: string, text: string, offset: number): { message: string; mend: string[] } {
  if (code === "DUPLICATE_KEY") {
    const key = /^[^\s:{}[\],]+|^"[^"]*"|^[^:\n]+/.exec(text.slice(offset))?.[0] ?? "";
    return { message: `the key "${key.trim()}" is there twice`, mend: ["keep one of the two"] };
  }
  if (code === "TAB_AS_INDENT")
    return { message: "a tab stands where YAML wants spaces", mend: ["indent by two spaces"] };
  if (code === "MULTIPLE_DOCS") return { message: "there is a second document (---) in the file", mend: ["keep one"] };
  if (code === "TAG_RESOLVE_FAILED")
    return { message: `YAML tags are not used here: ${message}`, mend: ["drop the !tag"] };
  const first = message.split("\n")[0] ?? message;
  return {
    message: `this is not YAML: ${first.charAt(0).toLowerCase()}${first.slice(1)}`,
    mend: /colon|implicit|flow|nested|indent/i.test(first)
      ? ["text with a colon, brackets or # goes in quotes; parts of one map are indented alike"]
      : [],
  };
}

/** A bound on what recursion the parser may need, quotes and comments not minded. */
function deepestNesting(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x5b || code === 0x7b) deepest = Math.max(deepest, ++depth);
    else if (code === 0x5d || code === 0x7d) depth--;
    else if (code === 0x0a && depth < 0) depth = 0;
  }
  const blockDepth = /^(?:[-?] ){65}/m.test(text) || /^ {600}/m.test(text) ? DEEPEST_NESTING + 1 : 0;
  return Math.max(deepest, blockDepth);
}

function offsetOf(root: ParsedNode | null, path: Path, key: string | undefined): number | null {
  let node: Node | null = root;
  let offset = startOf(root);
  for (const step of path) {
    const found = childOf(node, step);
    if (found === null) break;
    node = found.value;
    // A map or list is found by its key, a plain value by itself.
    offset = found.key !== null && !isScalar(found.value) ? found.key : (startOf(found.value) ?? found.key ?? offset);
  }
  return (key === undefined ? null : keyBelow(node, key)) ?? offset;
}

function startOf(node: Node | null): number | null {
  return node?.range?.[0] ?? null;
}

function childOf(node: Node | null, step: string | number): { key: number | null; value: Node | null } | null {
  if (isMap(node)) {
    for (const pair of node.items) {
      if (isScalar(pair.key) && String(pair.key.value) === String(step)) {
        return { key: startOf(pair.key), value: isNode(pair.value) ? pair.value : null };
      }
    }
  }
  if (isSeq(node) && typeof step === "number") {
    const item = node.items[step];
    return isNode(item) ? { key: null, value: item } : null;
  }
  return null;
}

function keyBelow(node: Node | null, key: string): number | null {
  if (isAlias(node) || node === null) return null;
  if (isMap(node)) {
    for (const pair of node.items) {
      if (isScalar(pair.key) && String(pair.key.value) === key) return startOf(pair.key);
      if (isScalar(pair.value) && pair.value.value === key) return startOf(pair.value);
    }
    for (const pair of node.items) {
      const found = isNode(pair.value) ? keyBelow(pair.value, key) : null;
      if (found !== null) return found;
    }
  }
  if (isSeq(node)) {
    for (const item of node.items) {
      if (isScalar(item) && item.value === key) return startOf(item);
      const found = isNode(item) && !isPair(item) ? keyBelow(item, key) : null;
      if (found !== null) return found;
    }
  }
  return null;
}

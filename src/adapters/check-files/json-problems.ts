/** What is wrong with a text that should be one JSON object. */
export interface JsonProblem {
  /** Problems with the same kind are counted together. */
  readonly kind: string;
  /** Sentence about one line. */
  readonly says: string;
  readonly column: string | null;
}

/** Finds out why a line is not one JSON object: cut, two objects, NaN, quotes. Reads without recursion. */
export function diagnoseJson(text: string): JsonProblem {
  const trimmed = text.trim();
  const word = bareWord(trimmed);
  if (word !== null) {
    return {
      kind: `${word.word} in ${word.key ?? "the line"}`,
      says: `${word.word} is not JSON${word.key === null ? "" : ` (${word.key})`}`,
      column: word.key,
    };
  }
  const end = balance(trimmed);
  if (trimmed.startsWith("{") && end.open > 0)
    return {
      kind: "unexpected end",
      says: end.inString ? "unexpected end inside of a string" : "unexpected end",
      column: null,
    };
  if (trimmed.startsWith("{") && end.closedAt !== -1 && end.closedAt < trimmed.length - 1) {
    const rest = trimmed.slice(end.closedAt + 1).trim();
    if (rest === ",") return { kind: "comma after the object", says: "a comma after the object", column: null };
    return { kind: "data after the object", says: "data after the object", column: null };
  }
  if (/^\{\s*'/.test(trimmed))
    return {
      kind: "single quotes",
      says: "single quotes in place of double ones (a Python dictionary, not JSON)",
      column: null,
    };
  if (/,\s*[}\]]/.test(trimmed))
    return { kind: "comma before the end", says: "a comma before the closing bracket", column: null };
  if (/[\u0000-\u001f]/.test(trimmed))
    return { kind: "control character", says: "a bare control character in a string", column: null };
  return { kind: "not JSON", says: trimmed.startsWith("{") ? "not valid JSON" : "not a JSON object", column: null };
}

/** NaN, Infinity, None, True, … outside of strings, and the key before it. */
function bareWord(text: string): { word: string; key: string | null } | null {
  const outside =
    /"(?:[^"\\]|\\.)*"|(-?Infinity|-?NaN|\bnan\b|-?\binf\b|\bNone\b|\bTrue\b|\bFalse\b|\bundefined\b|\bNULL\b)/g;
  let key: string | null = null;
  for (let match = outside.exec(text); match !== null; match = outside.exec(text)) {
    if (match[1] !== undefined) return { word: match[1], key };
    if (/^\s*:/.test(text.slice(outside.lastIndex, outside.lastIndex + 20))) key = match[0].slice(1, -1);
  }
  return null;
}

function balance(text: string): { open: number; closedAt: number; inString: boolean } {
  let open = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    if (inString) {
      if (char === "\\") i++;
      else if (char === '"') inString = false;
    } else if (char === '"') inString = true;
    else if (char === "{" || char === "[") open++;
    else if (char === "}" || char === "]") {
      open--;
      if (open === 0) return { open, closedAt: i, inString };
    }
  }
  return { open, closedAt: -1, inString };
}

/** Digits of integers too long for a double, by key, at the top level of one object. */
export function longIntegers(text: string): Map<string, string> {
  const found = new Map<string, string>();
  const pattern = /"((?:[^"\\]|\\.)*)"\s*:\s*(-?\d{16,})(?=\s*[,}])/g;
  for (const match of text.matchAll(pattern)) {
    if (!Number.isSafeInteger(Number(match[2]))) found.set(match[1]!, match[2]!);
  }
  return found;
}

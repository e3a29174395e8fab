/** Text in columns: what a name takes on a terminal, and names made harmless (control and direction characters). */
const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });
const INVISIBLE = /^[\p{Mn}\p{Me}\p{Cf}]+$/u;
const WIDE =
  /\p{Emoji_Presentation}|\uFE0F|[\u1100-\u115F\u2E80-\u303E\u3041-\u33FF\u3400-\u4DBF\u4E00-\u9FFF\uA000-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]|[\u{20000}-\u{3FFFD}]/u;
// Escape sequences, line breaks, and the characters that reorder text could make a name look like another verdict.
const UNSAFE = /[\u0000-\u001F\u007F-\u009F\u2028\u2029\u200E\u200F\u202A-\u202E\u2066-\u2069\uFEFF]/g;

/** The text with each control or direction character written out as `\u{…}`. */
export function harmless(text: string): string {
  return text.replace(UNSAFE, (c) => `\\u{${(c.codePointAt(0) ?? 0).toString(16)}}`);
}

// Colours of our own are kept, as lines and tabs are.
const UNSAFE_IN_LINES =
  /\u001B\[\d{1,2}m|[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u200E\u200F\u202A-\u202E\u2066-\u2069\uFEFF]/g;

/** Lines as they go to a terminal: whatever names and reasons in them hold, they move no cursor and set no title. */
export function harmlessLines(text: string): string {
  return text.replace(UNSAFE_IN_LINES, (found) => (found.length > 1 ? found : harmless(found)));
}

function clusterWidth(cluster: string): number {
  if (INVISIBLE.test(cluster)) return 0;
  return WIDE.test(cluster) ? 2 : 1;
}

/** Terminal columns that a text takes (two for East Asian wide characters and emoji). */
export function displayWidth(text: string): number {
  if (/^[\x20-\x7E]*$/.test(text)) return text.length;
  let width = 0;
  for (const { segment } of segmenter.segment(text)) width += clusterWidth(segment);
  return width;
}

/** The text made harmless and cut with `…` so that it takes at most `width` columns. */
export function fit(text: string, width: number): string {
  const safe = harmless(text);
  if (displayWidth(safe) <= width) return safe;
  let kept = "";
  let used = 0;
  for (const { segment } of segmenter.segment(safe)) {
    const next = clusterWidth(segment);
    if (used + next > width - 1) break;
    kept += segment;
    used += next;
  }
  return `${kept}…`;
}

export function padEnd(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - displayWidth(text)));
}

export function padStart(text: string, width: number): string {
  return " ".repeat(Math.max(0, width - displayWidth(text))) + text;
}

/** Lines of at most `width` columns, broken between words, with the text's indent. A text that fits stays as it is, since it may be YAML to paste. */
export function wrap(text: string, width: number): string[] {
  const indent = /^ */.exec(harmless(text))![0].length;
  return wrapHanging(indent > width >> 1 ? text.slice(indent - (width >> 1)) : text, width, indent);
}

/**
 * Lines of at most `width` columns, broken between words; those after the first begin at column `hang`. Nothing is cut: a
 * word that is longer than a line is broken.
 */
export function wrapHanging(text: string, width: number, hang: number): string[] {
  const safe = harmless(text);
  if (displayWidth(safe) <= width) return [safe];
  const indent = " ".repeat(Math.max(0, Math.min(hang, width - 8)));
  const lines: string[] = [];
  let line = "";
  let used = 0;
  const begin = (): void => {
    if (line.trim() !== "") lines.push(line.trimEnd());
    line = indent;
    used = indent.length;
  };
  for (const [, gap = "", word = ""] of safe.matchAll(/( *)([^ ]+)/g)) {
    const wide = displayWidth(word);
    if (used + gap.length + wide <= width) {
      line += gap + word;
      used += gap.length + wide;
      continue;
    }
    if (used > indent.length) begin();
    for (const { segment } of segmenter.segment(word)) {
      const next = clusterWidth(segment);
      if (used + next > width) begin();
      line += segment;
      used += next;
    }
  }
  if (line.trim() !== "") lines.push(line.trimEnd());
  return lines;
}

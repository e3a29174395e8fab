/**
 * Text from a file as it may be shown: control characters, escape sequences, line separators and marks that turn the
 * direction of writing become visible codes, so that a value can neither move a cursor nor hide.
 */
export function printable(text: string): string {
  return text.replace(
    /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]/gu,
    (char) => {
      const named = names[char];
      return named ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
    },
  );
}

const names: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t", "\u0000": "\\0" };

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

/** For HTML and XML, in text and in attributes. */
export function escapeMarkup(text: string): string {
  return printable(text).replace(/[&<>"']/g, (char) => entities[char]!);
}

/** A cell of an exported CSV: spreadsheets run what begins with = + - @, tab or return, so such text gets an apostrophe. */
export function csvCell(text: string): string {
  const numeric = /^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text);
  const safe = !numeric && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

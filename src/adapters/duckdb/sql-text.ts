/** A column or type name as SQL text: quoted, so that no name can end the quote. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A value as SQL text: single-quoted, quotes doubled (the engine knows no backslash escapes in such literals). */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** The number that a text is (`"12.5"`, as forms, CSV clients and careless JSON send it); NaN where it is none. */
export function numberInText(text: string): number {
  return text.trim() === "" ? Number.NaN : Number(text);
}

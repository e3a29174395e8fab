import { html, type Markup } from "./markup.ts";

export interface TableColumn {
  readonly head: string;
  /** Numbers are set to the right. */
  readonly number?: boolean;
  /** Sentences get room, also on a phone, where the table scrolls. */
  readonly long?: boolean;
}

/** A table that scrolls by itself, with a name for those who hear it; the first column names the row. */
export function dataTable(
  name: string,
  columns: readonly TableColumn[],
  rows: ReadonlyArray<readonly (Markup | string)[]>,
): Markup {
  const classOf = ({ number, long }: TableColumn): string => (number === true ? "number" : long === true ? "long" : "");
  const head = columns.map((column) => html`<th scope="col" class="${classOf(column)}">${column.head}</th>`);
  const body = rows.map(
    (cells) =>
      html`<tr>${cells.map((cell, i) => (i === 0 ? html`<th scope="row">${cell}</th>` : html`<td class="${classOf(columns[i] ?? { head: "" })}">${cell}</td>`))}</tr>\n`,
  );
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${name}"><table><caption class="hidden">${name}</caption><thead><tr>${head}</tr></thead><tbody>
${body}</tbody></table></div>`;
}

/** How it was computed, folded: the last part of every report. */
export function methodPart(lines: readonly string[]): Markup {
  return html`<details class="method"><summary>How this was computed</summary><ul class="prose">${lines.map((line) => html`<li>${line}</li>`)}</ul></details>`;
}

/** Pass, fail or neither, by glyph, colour and a word for those who hear it. */
export function mark(state: boolean | null, words: readonly [good: string, bad: string, neither: string]): Markup {
  const [glyph, name, word] =
    state === null ? ["?", "quiet", words[2]] : state ? ["✗", "bad", words[1]] : ["✓", "good", words[0]];
  return html`<span class="${name}" role="img" aria-label="${word}">${glyph}</span>`;
}

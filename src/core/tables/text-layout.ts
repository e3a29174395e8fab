/** What separates the fields of a text file, and where its header is. */
export interface Layout {
  readonly delimiter: string;
  /** Lines before the header that are not data. */
  readonly preamble: readonly { readonly line: number; readonly text: string }[];
  /** Fields in most lines. */
  readonly fields: number;
}

const candidates = [",", "\t", ";", "|", "\u0001", "\u001f", "^", "~", ":"];
const names: Readonly<Record<string, string>> = {
  ",": "comma",
  "\t": "tab",
  ";": "semicolon",
  "|": "pipe",
  "\u0001": "control character 1",
  "\u001f": "unit separator",
  "^": "caret",
  "~": "tilde",
  ":": "colon",
};

export function delimiterName(delimiter: string): string {
  return names[delimiter] ?? `'${delimiter}'`;
}

/**
 * Finds the delimiter and the header from the first lines (a hundred or so). The expected delimiter wins where it
 * splits most lines into the same number of fields, at least two; else the one that does so best.
 */
export function findLayout(head: string, expected: string, complete: boolean): Layout {
  const lines = headLines(head, complete);
  const announced = /^sep=(.)\s*$/i.exec(lines[0]?.text ?? "")?.[1];
  const content = lines.filter(
    ({ text }, i) => text.trim() !== "" && !text.startsWith("#") && !(i === 0 && announced !== undefined),
  );
  const scores = [announced, expected, ...candidates]
    .filter((each) => each !== undefined)
    .map((delimiter) => ({ delimiter, ...consistency(content, delimiter) }));
  const asAnnounced = scores[0]!;
  const best = scores.reduce(
    (a, b) => (quality(b) > quality(a) * (a.delimiter === expected ? 1.3 : 1) ? b : a),
    asAnnounced,
  );
  const chosen = quality(best) > 0 ? best : scores.find((score) => score.delimiter === expected)!;
  return {
    delimiter: chosen.delimiter,
    fields: chosen.fields,
    preamble: preambleOf(lines, chosen.delimiter, chosen.fields, announced !== undefined),
  };
}

interface Score {
  readonly share: number;
  readonly fields: number;
  /** Whether the first line, which should be the header, has as many fields as most lines. */
  readonly header: boolean;
  readonly delimiter: string;
}

function quality({ share, fields, header, delimiter }: Score): number {
  if (fields < 2) return 0;
  const rare = ":^~".includes(delimiter) ? 0.5 : 1;
  // A column of times, addresses or sentences holds such characters; the name of the column does not.
  if (!header && (fields === 2 || rare < 1)) return 0;
  // Decimal commas split rows as evenly as a delimiter does, but not the names of the columns.
  return share * share * Math.log2(1 + fields) * rare * (header ? 1 : 0.5);
}

function consistency(lines: readonly HeadLine[], delimiter: string): Omit<Score, "delimiter"> {
  const counts = new Map<number, number>();
  for (const { text } of lines) {
    const fields = countFields(text, delimiter);
    counts.set(fields, (counts.get(fields) ?? 0) + 1);
  }
  let [fields, most] = [1, 0];
  for (const [each, count] of counts)
    if (count > most || (count === most && each > fields)) [fields, most] = [each, count];
  const header = lines[0] !== undefined && countFields(lines[0].text, delimiter) === fields;
  return { share: lines.length === 0 ? 0 : most / lines.length, fields, header };
}

export function countFields(line: string, delimiter: string): number {
  let fields = 1;
  let quoted = false;
  for (let i = 0; i < line.length; i++) {
    const char = line[i];
    if (char === '"') quoted = !quoted;
    else if (!quoted && char === delimiter) fields++;
  }
  return quoted ? line.split(delimiter).length : fields;
}

interface HeadLine {
  readonly line: number;
  readonly text: string;
}

function headLines(head: string, complete: boolean): HeadLine[] {
  const lines = head.split(/\r\n|\n|\r/);
  if (!complete || lines.at(-1) === "") lines.pop();
  return lines.slice(0, 120).map((text, i) => ({ line: i + 1, text }));
}

/** Lines at the top that are comments, `sep=`, or have so few fields that they are a title and not a header. */
function preambleOf(
  lines: readonly HeadLine[],
  delimiter: string,
  fields: number,
  announced: boolean,
): Layout["preamble"] {
  const preamble: HeadLine[] = [];
  for (const [i, entry] of lines.entries()) {
    const { text } = entry;
    const own = countFields(text, delimiter);
    const filled = text.split(delimiter).filter((field) => field.trim() !== "").length;
    const skip =
      (announced && i === 0) ||
      (text.startsWith("#") && own < fields) ||
      text.trim() === "" ||
      (fields >= 3 &&
        (own === 1 || (own < fields && own <= fields / 2) || filled <= fields / 4) &&
        i < 30 &&
        i < lines.length - 1);
    if (!skip) break;
    preamble.push(entry);
  }
  return preamble.length === lines.length ? [] : preamble;
}

/** What one pass over a column finds out: the plain facts that checks and the inference of a contract read. */
export interface ColumnFacts {
  readonly name: string;
  /** Position in the file, from 0. */
  readonly position: number;
  readonly rows: number;
  /** Cells by form (index of `form`). */
  readonly forms: readonly number[];
  /** The first places where each form was met. */
  readonly firsts: readonly FormFirsts[];
  /** Over finite numbers (times in milliseconds); null where the column has none. */
  readonly numbers: NumberFacts | null;
  /** Over text, from the dictionary; complete unless `texts.complete` is false. */
  readonly texts: TextFacts;
  readonly distinct: number;
  /** False where `distinct` is a lower bound (taken from a sample). */
  readonly distinctExact: boolean;
  /** For date columns: order and spacing; else null. */
  readonly times: TimeFacts | null;
  /** The type name that the format itself gives (Parquet), else null. */
  readonly declaredType: string | null;
}

export interface FormFirsts {
  readonly lines: readonly number[];
  readonly examples: readonly string[];
}

export interface NumberFacts {
  readonly count: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly deviation: number;
  /** At 0, 1/20, … 1, from the sample; the ends are exact. */
  readonly quantiles: readonly number[];
  readonly zeros: number;
  readonly negatives: number;
  /** Longest run of one value in file order (null interrupts), and the line where it ends. */
  readonly longestRun: number;
  readonly longestRunEnd: number;
}

export interface TextFacts {
  /** Distinct texts with their counts, most frequent first, at most 1,000. */
  readonly counts: readonly (readonly [text: string, count: number, firstLine: number])[];
  readonly complete: boolean;
  /** Texts seen exactly once. */
  readonly singletons: number;
  readonly minLength: number;
  readonly maxLength: number;
  /** Cells with blanks before or after. */
  readonly padded: number;
  /** Cells with control characters, and the first such lines. */
  readonly control: number;
  readonly controlLines: readonly number[];
}

export interface TimeFacts {
  /** Rows earlier than the row before, and the first such lines. */
  readonly backward: number;
  readonly backwardLines: readonly number[];
  /** Distinct times, ascending; null where there were too many to keep. */
  readonly sorted: Float64Array | null;
}

export const quantileCount = 21;

/** Share of cells that are null, counting null words. */
export function nullShare(column: ColumnFacts): number {
  return column.rows === 0 ? 0 : (column.forms[0]! + column.forms[1]!) / column.rows;
}

/** Number of cells whose form is in the mask. */
export function countIn(column: ColumnFacts, forms: number): number {
  let total = 0;
  for (let one = 0; one < column.forms.length; one++) if ((forms >>> one) & 1) total += column.forms[one]!;
  return total;
}

/** First lines and examples over all forms in the mask, in line order. */
export function firstsIn(column: ColumnFacts, forms: number): { lines: number[]; examples: string[] } {
  const found: { line: number; example: string }[] = [];
  for (let one = 0; one < column.forms.length; one++) {
    if (((forms >>> one) & 1) === 0) continue;
    const firsts = column.firsts[one]!;
    firsts.lines.forEach((line, i) => found.push({ line, example: firsts.examples[i]! }));
  }
  found.sort((a, b) => a.line - b.line);
  return { lines: found.map((entry) => entry.line), examples: [...new Set(found.map((entry) => entry.example))] };
}

import { dateForms, form, formCount, isIn, numberForms } from "./cell-form.ts";
import type { CheckBlock, CheckColumn } from "./check-block.ts";
import { shorten } from "./check-finding.ts";
import type { ColumnFacts, FormFirsts, NumberFacts, TextFacts, TimeFacts } from "./column-facts.ts";
import { quantileCount } from "./column-facts.ts";
import type { SampledColumn } from "./row-sample.ts";
import { noCode, type TextDictionary } from "./text-dictionary.ts";

const keptFirsts = 40;
const keptTimes = 2_000_000;
const keptTexts = 1000;
const stride = 16;
const plainForms = (1 << form.integer) | (1 << form.decimal);

/** Gathers the facts of one column, block by block. */
export class ColumnTally {
  readonly #name: string;
  readonly #position: number;
  #rows = 0;
  readonly #forms = new Float64Array(formCount);
  readonly #firsts: { lines: number[]; examples: string[] }[] = Array.from({ length: formCount }, () => ({
    lines: [],
    examples: [],
  }));
  #count = 0;
  #min = Infinity;
  #max = -Infinity;
  #sum = 0;
  #squares = 0;
  #shift = Number.NaN;
  #zeros = 0;
  #negatives = 0;
  #run = 0;
  #runValue = Number.NaN;
  #longestRun = 0;
  #longestRunEnd = 0;
  #codeCounts = new Float64Array(64);
  #codeFirstLines = new Uint32Array(64);
  #dictionary: TextDictionary | null = null;
  #previousTime = -Infinity;
  #backward = 0;
  readonly #backwardLines: number[] = [];
  #times: Float64Array | null = null;
  #timeCount = 0;

  constructor(name: string, position: number) {
    this.#name = name;
    this.#position = position;
  }

  add(column: CheckColumn, block: CheckBlock): void {
    this.#rows += block.rows;
    this.#dictionary = column.dictionary;
    if (column.uniform === null) this.#addMixed(column, block);
    else this.#addUniform(column, block, column.uniform);
    if (column.dictionary.texts.length > 0) this.#countTexts(column, block);
  }

  /** Cells of one form throughout: no test per cell. */
  #addUniform(column: CheckColumn, block: CheckBlock, one: number): void {
    this.#forms[one]! += block.rows;
    const firsts = this.#firsts[one]!;
    for (let row = 0; row < block.rows && firsts.lines.length < keptFirsts; row++) this.#first(column, block, row, one);
    if (!isIn(numberForms | dateForms | (1 << form.boolean), one)) return;
    this.#addNumbers(column.numbers, block.rows, block.lines);
    if (isIn(dateForms, one))
      for (let row = 0; row < block.rows; row++) this.#addTime(column.numbers[row]!, block.lines[row]!);
  }

  #addMixed(column: CheckColumn, block: CheckBlock): void {
    const { forms, numbers } = column;
    let dates = false;
    for (let row = 0; row < block.rows; row++) {
      const one = forms[row]!;
      this.#forms[one]! += 1;
      if (this.#firsts[one]!.lines.length < keptFirsts) this.#first(column, block, row, one);
      if (isIn(dateForms, one)) dates = true;
    }
    this.#addNumbers(numbers, block.rows, block.lines);
    if (!dates) return;
    for (let row = 0; row < block.rows; row++) {
      if (isIn(dateForms, forms[row]!)) this.#addTime(numbers[row]!, block.lines[row]!);
    }
  }

  #first(column: CheckColumn, block: CheckBlock, row: number, one: number): void {
    const firsts = this.#firsts[one]!;
    firsts.lines.push(block.lines[row]!);
    firsts.examples.push(shorten(column.text(row)));
  }

  /** Moments around the first value, so that large offsets (times, ids) keep their digits. */
  #addNumbers(numbers: Float64Array, rows: number, lines: Uint32Array): void {
    let shift = this.#shift;
    if (shift !== shift) {
      shift = 0;
      for (let row = 0; row < rows; row++) {
        if (Number.isFinite(numbers[row]!)) {
          shift = numbers[row]!;
          this.#shift = shift;
          break;
        }
      }
    }
    let count = 0;
    let min = this.#min;
    let max = this.#max;
    let sum = 0;
    let squares = 0;
    let zeros = 0;
    let negatives = 0;
    for (let row = 0; row < rows; row++) {
      const value = numbers[row]!;
      const centred = value - shift;
      if (centred - centred !== 0) continue;
      count++;
      if (value < min) min = value;
      if (value > max) max = value;
      if (value <= 0) {
        if (value === 0) zeros++;
        else negatives++;
      }
      sum += centred;
      squares += centred * centred;
    }
    this.#count += count;
    this.#min = min;
    this.#max = max;
    this.#sum += sum;
    this.#squares += squares;
    this.#zeros += zeros;
    this.#negatives += negatives;
    this.#addRuns(numbers, rows, lines);
  }

  /**
   * Runs of one value. Short ones cost nothing: where a value differs from the one `stride` rows before, no run of
   * twice that length ends here, so only every `stride`-th row is looked at until two agree.
   */
  #addRuns(numbers: Float64Array, rows: number, lines: Uint32Array): void {
    let row = 0;
    while (row < rows) {
      const value = numbers[row]!;
      if (value !== value) {
        this.#run = 0;
        this.#runValue = Number.NaN;
        row++;
        continue;
      }
      const continues = value === this.#runValue;
      if (
        !continues &&
        (this.#longestRun >= stride || this.#rows > 50_000) &&
        row + stride < rows &&
        numbers[row + stride] !== value
      ) {
        // A run that begins here is shorter than the longest known; one that begins in between is met from its middle.
        row = runStart(numbers, row, row + stride);
        this.#run = 0;
        this.#runValue = Number.NaN;
        continue;
      }
      let end = row + 1;
      while (end < rows && numbers[end] === value) end++;
      this.#run = (continues ? this.#run : 0) + end - row;
      this.#runValue = value;
      if (this.#run > this.#longestRun) {
        this.#longestRun = this.#run;
        this.#longestRunEnd = lines[end - 1]!;
      }
      row = end;
    }
  }

  #addTime(time: number, line: number): void {
    if (time !== time) return;
    if (time < this.#previousTime) {
      this.#backward++;
      if (this.#backwardLines.length < keptFirsts) this.#backwardLines.push(line);
    }
    this.#previousTime = time;
    if (this.#timeCount < keptTimes) {
      this.#times ??= new Float64Array(4096);
      if (this.#timeCount === this.#times.length) {
        const larger = new Float64Array(this.#times.length * 2);
        larger.set(this.#times);
        this.#times = larger;
      }
      this.#times[this.#timeCount] = time;
    }
    this.#timeCount++;
  }

  #countTexts(column: CheckColumn, block: CheckBlock): void {
    const size = column.dictionary.texts.length;
    if (size > this.#codeCounts.length) {
      const counts = new Float64Array(size * 2);
      counts.set(this.#codeCounts);
      this.#codeCounts = counts;
      const firstLines = new Uint32Array(size * 2);
      firstLines.set(this.#codeFirstLines);
      this.#codeFirstLines = firstLines;
    }
    const counts = this.#codeCounts;
    for (let row = 0; row < block.rows; row++) {
      const code = column.codes[row]!;
      if (code === noCode) continue;
      if (counts[code]! === 0) this.#codeFirstLines[code] = block.lines[row]!;
      counts[code]! += 1;
    }
  }

  finish(sample: SampledColumn | undefined, sampleComplete: boolean, declaredType: string | null): ColumnFacts {
    const texts = this.#finishTexts();
    const sorted = (sample?.numbers ?? new Float64Array(0)).filter((value) => value - value === 0).sort();
    const distinct = countDistinct(sample, sorted);
    const textDistinct = texts.complete ? texts.distinct : 0;
    return {
      name: this.#name,
      position: this.#position,
      rows: this.#rows,
      forms: [...this.#forms],
      firsts: this.#firsts as readonly FormFirsts[],
      numbers: this.#finishNumbers(sorted),
      texts: texts.facts,
      distinct: Math.max(distinct, textDistinct),
      distinctExact: sampleComplete,
      times: this.#finishTimes(),
      declaredType,
    };
  }

  #finishNumbers(finite: Float64Array): NumberFacts | null {
    if (this.#count === 0) return null;
    const quantiles = Array.from({ length: quantileCount }, (_, i) => {
      if (i === 0) return this.#min;
      if (i === quantileCount - 1) return this.#max;
      if (finite.length === 0) return this.#sum / this.#count + this.#shift;
      return finite[Math.min(finite.length - 1, Math.floor((finite.length * i) / (quantileCount - 1)))]!;
    });
    const mean = this.#sum / this.#count;
    const variance = Math.max(0, this.#squares / this.#count - mean * mean);
    return {
      count: this.#count,
      min: this.#min,
      max: this.#max,
      mean: mean + this.#shift,
      deviation: Math.sqrt(variance),
      quantiles,
      zeros: this.#zeros,
      negatives: this.#negatives,
      longestRun: this.#longestRun,
      longestRunEnd: this.#longestRunEnd,
    };
  }

  #finishTexts(): { facts: TextFacts; distinct: number; complete: boolean } {
    const counts: [string, number, number][] = [];
    let [singletons, minLength, maxLength, padded, control] = [0, Infinity, 0, 0, 0];
    const controlLines: number[] = [];
    const dictionary = this.#dictionary;
    const size = dictionary?.texts.length ?? 0;
    for (let code = 0; code < size; code++) {
      const count = this.#codeCounts[code]!;
      if (count === 0) continue;
      const text = dictionary!.texts[code]!;
      counts.push([text, count, this.#codeFirstLines[code]!]);
      if (count === 1) singletons++;
      minLength = Math.min(minLength, text.length);
      maxLength = Math.max(maxLength, text.length);
      if (text !== "" && text.trim() !== text) padded += count;
      if (hasControl(text)) {
        control += count;
        if (controlLines.length < keptFirsts) controlLines.push(this.#codeFirstLines[code]!);
      }
    }
    counts.sort((a, b) => b[1] - a[1] || a[2] - b[2]);
    const complete = dictionary === null || !dictionary.overflowed;
    const facts: TextFacts = {
      counts: counts.slice(0, keptTexts),
      complete: complete && counts.length <= keptTexts,
      singletons,
      minLength: Number.isFinite(minLength) ? minLength : 0,
      maxLength,
      padded,
      control,
      controlLines,
    };
    return { facts, distinct: counts.length, complete };
  }

  #finishTimes(): TimeFacts | null {
    if (this.#timeCount === 0) return null;
    const kept = this.#timeCount <= keptTimes ? this.#times!.subarray(0, this.#timeCount) : null;
    if (this.#backward > 0) kept?.sort();
    return {
      backward: this.#backward,
      backwardLines: this.#backwardLines,
      sorted: kept === null ? null : unique(kept),
    };
  }
}

/** Any control character other than tab, line feed and carriage return. */
export function hasControl(text: string): boolean {
  return /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/.test(text);
}

/** @param sorted the finite numbers of the sample; they are all there is to count where no cell is anything else */
function countDistinct(sample: SampledColumn | undefined, sorted: Float64Array): number {
  if (sample === undefined) return 0;
  if (sorted.length === sample.forms.length && sample.forms.every((one) => isIn(plainForms, one))) {
    let distinct = 0;
    for (let i = 0; i < sorted.length; i++) if (i === 0 || sorted[i] !== sorted[i - 1]) distinct++;
    return distinct;
  }
  const seen = new Set<number | string>();
  for (let row = 0; row < sample.forms.length; row++) {
    if (sample.forms[row]! <= form.nullWord) continue;
    const value = sample.numbers[row]!;
    seen.add(value === value && sample.forms[row] !== form.bigInteger ? value : (sample.texts[row] ?? ""));
  }
  return seen.size;
}

function unique(sorted: Float64Array): Float64Array {
  let length = 0;
  for (let i = 0; i < sorted.length; i++) {
    if (i === 0 || sorted[i] !== sorted[i - 1]) sorted[length++] = sorted[i]!;
  }
  return sorted.subarray(0, length);
}

/** First row of the run that holds `row`, looking back no further than after `from`. */
function runStart(numbers: Float64Array, from: number, row: number): number {
  const value = numbers[row]!;
  let start = row;
  while (start - 1 > from && numbers[start - 1] === value) start--;
  return start;
}

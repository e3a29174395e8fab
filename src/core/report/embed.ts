/** A report's evidence as JSON with its arrays in base64, small enough to travel inside report.html. */
import type { FoldValues, SliceFoldValues } from "../evaluation/fold-values.ts";
import { fromBase64, toBase64 } from "./base64.ts";
import type { ReportEvidence } from "./report-evidence.ts";

/**
 * Above this many fold values, the arrays are kept as differences to the champion in 16 bits: each is off by at most
 * 1/65,534 of the slice's largest, which moves no digit that is shown. Below, everything is exact.
 */
const MOST_EXACT = 250_000;
const STEPS = 32_767;

export interface EmbeddedEvidence extends Omit<ReportEvidence, "foldValues"> {
  readonly foldValues: Omit<FoldValues, "slices" | "overall"> & {
    readonly paired: boolean;
    readonly overall: EmbeddedSlice;
    readonly slices: readonly EmbeddedSlice[];
  };
}

/** `u1:…`, `u2:…`, `u4:…` unsigned integers, `f8:…` floats, `i2:LARGEST:…` parts of the largest; little-endian, base64. */
export interface EmbeddedSlice {
  readonly folds: string;
  readonly weight: string;
  readonly sums: readonly string[];
  readonly values: readonly (number | null)[];
  readonly reasons: readonly (string | null)[];
}

export function embedEvidence(evidence: ReportEvidence): EmbeddedEvidence {
  const { foldValues: values } = evidence;
  const size = values.slices.reduce((n, s) => n + s.folds.length * (1 + values.models.length), 0);
  const paired = size > MOST_EXACT;
  const embed = (slice: SliceFoldValues): EmbeddedSlice => ({
    folds: slice.folds.length === 256 ? "" : `u1:${toBase64(slice.folds)}`,
    weight: encode(slice.weight),
    sums: paired ? differences(slice) : slice.sums.map(encode),
    values: slice.values,
    reasons: slice.reasons,
  });
  return {
    ...evidence,
    foldValues: { ...values, paired, overall: embed(values.overall), slices: values.slices.map(embed) },
  };
}

export function unpackEvidence(embedded: EmbeddedEvidence): ReportEvidence {
  const { paired, ...values } = embedded.foldValues;
  const unpack = (slice: EmbeddedSlice): SliceFoldValues => {
    const weight = decode(slice.weight);
    const sums = slice.sums.map(decode);
    return {
      folds: slice.folds === "" ? Uint8Array.from(weight.keys()) : Uint8Array.from(decode(slice.folds)),
      weight,
      sums: paired ? fromDifferences(slice, weight, sums) : sums,
      values: slice.values,
      reasons: slice.reasons,
    };
  };
  return {
    ...embedded,
    foldValues: { ...values, overall: unpack(values.overall), slices: values.slices.map(unpack) },
  };
}

/** Only differences between models enter an interval, so the champion's own sums may be spread evenly. */
function differences(slice: SliceFoldValues): string[] {
  const champion = slice.sums[0] ?? new Float64Array(slice.folds.length);
  return slice.sums.slice(1).map((sums) => encodeParts(sums.map((v, f) => v - (champion[f] ?? 0))));
}

function fromDifferences(
  slice: EmbeddedSlice,
  weight: Float64Array,
  differences: readonly Float64Array[],
): Float64Array[] {
  const champion = weight.map((w) => w * (slice.values[0] ?? 0));
  return [champion, ...differences.map((d) => d.map((v, f) => v + (champion[f] ?? 0)))];
}

/** Exact; as integers where they are. */
function encode(values: Float64Array): string {
  const whole = values.every((v) => Number.isInteger(v) && v >= 0 && v <= 0xffffffff && !Object.is(v, -0));
  const largest = values.reduce((a, b) => Math.max(a, b), 0);
  const bytes = !whole ? 8 : largest <= 0xff ? 1 : largest <= 0xffff ? 2 : 4;
  const view = new DataView(new ArrayBuffer(values.length * bytes));
  values.forEach((v, i) => {
    if (bytes === 1) view.setUint8(i, v);
    else if (bytes === 2) view.setUint16(i * 2, v, true);
    else if (bytes === 4) view.setUint32(i * 4, v, true);
    else view.setFloat64(i * 8, v, true);
  });
  return `${whole ? "u" : "f"}${bytes}:${toBase64(new Uint8Array(view.buffer))}`;
}

function encodeParts(values: Float64Array): string {
  const largest = values.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
  const view = new DataView(new ArrayBuffer(values.length * 2));
  values.forEach((v, i) => view.setInt16(i * 2, largest === 0 ? 0 : Math.round((v / largest) * STEPS), true));
  return `i2:${largest}:${toBase64(new Uint8Array(view.buffer))}`;
}

function decode(text: string): Float64Array {
  const bytes = fromBase64(text.slice(text.lastIndexOf(":") + 1));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = Number(text[1]);
  const part = Number(text.split(":")[1]) / STEPS;
  const read: Readonly<Record<string, (at: number) => number>> = {
    u1: (at) => view.getUint8(at),
    u2: (at) => view.getUint16(at, true),
    u4: (at) => view.getUint32(at, true),
    f8: (at) => view.getFloat64(at, true),
    i2: (at) => view.getInt16(at, true) * part,
  };
  const one = read[text.slice(0, 2)];
  if (one === undefined) throw new RangeError(`unknown array form ${text.slice(0, 3)}`);
  return Float64Array.from({ length: bytes.length / size }, (_, i) => one(i * size));
}

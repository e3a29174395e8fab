import { readFile } from "node:fs/promises";
import { Failure } from "../../core/failures.ts";
import { allocate, isTexts, type Tensor } from "../../core/serving/tensor.ts";
import { datatypeOf } from "./tensor-datatypes.ts";

/** Rows with the answers that the model gave where it was trained: `NAME.golden.json` beside `NAME.onnx`. */
export interface GoldenRows {
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  readonly tolerance: number;
}

/**
 * Reads the golden rows beside a model; null where there are none.
 * @throws Failure MODEL where the file is there and cannot be read as such
 */
export async function readGoldenRows(modelPath: string): Promise<GoldenRows | null> {
  const path = `${modelPath.replace(/\.onnx$/i, "")}.golden.json`;
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch {
    return null;
  }
  try {
    const document = JSON.parse(text) as Record<string, unknown>;
    const tolerance = typeof document["tolerance"] === "number" ? document["tolerance"] : 1e-5;
    return { inputs: tensorsOf(document["inputs"]), outputs: tensorsOf(document["outputs"]), tolerance };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Failure("MODEL", { where: path, message: `the golden rows cannot be read (${reason})`, cause });
  }
}

function tensorsOf(value: unknown): Tensor[] {
  if (typeof value !== "object" || value === null) throw new TypeError("`inputs` and `outputs` are maps of tensors");
  return Object.entries(value as Record<string, { dtype?: unknown; shape?: unknown; data?: unknown }>).flatMap(
    ([name, { dtype, shape, data }]): Tensor[] => {
      const datatype = datatypeOf[String(dtype)];
      // Sequences of maps and the like cannot be compared.
      if (datatype === undefined || !Array.isArray(shape)) return [];
      const flat = (data as unknown[]).flat(8) as (number | string | boolean | null)[];
      if (datatype === "BYTES") return [{ name, datatype, shape: shape as number[], data: flat.map(String) }];
      const values = allocate(datatype, flat.length);
      for (const [i, element] of flat.entries()) {
        const number = element === null ? Number.NaN : Number(element);
        if (values instanceof BigInt64Array || values instanceof BigUint64Array) values[i] = BigInt(number);
        else values[i] = number;
      }
      return [{ name, datatype, shape: shape as number[], data: values }];
    },
  );
}

/**
 * The first place where an answer is not what the golden rows say, as a sentence; null where all are equal within the
 * tolerance (absolute, or relative for values beyond 1).
 */
export function firstDifference(golden: GoldenRows, answered: readonly Tensor[]): string | null {
  for (const expected of golden.outputs) {
    const actual = answered.find((tensor) => tensor.name === expected.name);
    if (actual === undefined) continue;
    if (actual.data.length !== expected.data.length) {
      return `output "${expected.name}" has ${actual.data.length} values, the golden rows ${expected.data.length}`;
    }
    for (let i = 0; i < expected.data.length; i++) {
      const wanted = expected.data[i]!;
      const got = actual.data[i]!;
      const equal =
        isTexts(expected.data) || typeof wanted === "bigint"
          ? String(wanted) === String(got)
          : Number.isNaN(Number(wanted))
            ? Number.isNaN(Number(got))
            : Math.abs(Number(wanted) - Number(got)) <= golden.tolerance * Math.max(1, Math.abs(Number(wanted)));
      if (!equal)
        return `output "${expected.name}", value ${i + 1}: ${String(got)} where the golden rows say ${String(wanted)}`;
    }
  }
  return null;
}

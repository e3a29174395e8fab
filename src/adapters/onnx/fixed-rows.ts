import { joinRows, sliceRows, type Tensor } from "../../core/serving/tensor.ts";

/**
 * The number of rows that a model was exported for; null where it is open.
 * @param shapes of its inputs, as declared: an open size is a name, or no positive number
 */
export function fixedRows(shapes: readonly (readonly (number | string)[])[]): number | null {
  for (const [rows] of shapes) if (typeof rows === "number" && rows > 0) return rows;
  return null;
}

/** Runs rows in parts of a fixed size: the last one is filled up with its last row, and its answer cut. */
export async function runInParts(
  run: (tensors: readonly Tensor[], all: boolean) => Promise<readonly Tensor[]>,
  tensors: readonly Tensor[],
  all: boolean,
  size: number,
): Promise<readonly Tensor[]> {
  const rows = tensors[0]?.shape[0] ?? 0;
  if (rows === size) return run(tensors, all);
  const parts: (readonly Tensor[])[] = [];
  for (let at = 0; at < rows; at += size) {
    const end = Math.min(at + size, rows);
    const part = tensors.map((tensor) => filledUp(sliceRows(tensor, at, end), size));
    const answers = await run(part, all);
    // An answer that does not start with the rows (one for all of them) is left as it is.
    parts.push(answers.map((answer) => (answer.shape[0] === size ? sliceRows(answer, 0, end - at) : answer)));
  }
  return parts[0]!.map((first, i) =>
    first.shape[0] === Math.min(size, rows) ? joinRows(parts.map((part) => part[i]!)) : first,
  );
}

function filledUp(part: Tensor, size: number): Tensor {
  const rows = part.shape[0]!;
  if (rows === size) return part;
  const last = sliceRows(part, rows - 1, rows);
  return joinRows([part, ...Array.from({ length: size - rows }, () => last)]);
}

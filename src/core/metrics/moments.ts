import { InternalError } from "../failures.ts";
import { binaryMoments } from "./classification/moments.ts";
import { multiclassMoments } from "./multiclass/moments.ts";
import { regressionMoments } from "./regression/moments.ts";
import type { RowBlock } from "./row-block.ts";

/**
 * Writes the named moment of each row of the block into `out[0..block.n)`. Names are those that the `moments` function
 * of a metric gives for the block's task: `n`, `tp`, `log_loss`, `ece_gap:15:7`, `class_tp:3`, … Allocates nothing per
 * row. Throws {@link InternalError} on a name that the task does not have.
 */
export function fillMoment(name: string, block: RowBlock, out: Float64Array): void {
  const [base = "", ...parameters] = name.split(":");
  const numbers = parameters.map(Number);
  switch (block.task) {
    case "binary":
      return known(binaryMoments.get(base), name)(block, out, numbers);
    case "multiclass":
      return known(multiclassMoments.get(base), name)(block, out, numbers);
    case "regression":
      return known(regressionMoments.get(base), name)(block, out, numbers);
  }
}

function known<T>(filler: T | undefined, name: string): T {
  if (filler === undefined) throw new InternalError(`no row moment is called ${name}`);
  return filler;
}

import type { RowBlock } from "./row-block.ts";

/** Fills one moment of every row; `parameters` are the numbers after the colons of its name. */
export type MomentFiller<Block extends RowBlock> = (
  block: Block,
  out: Float64Array,
  parameters: readonly number[],
) => void;

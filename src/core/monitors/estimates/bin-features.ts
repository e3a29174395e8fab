import { applyBinning, type Binning, type ColumnRows, fitBinning } from "../feature-bins.ts";

/** Named features in bins that were learnt on the reference. */
export interface BinnedFeatures {
  readonly bins: readonly Uint8Array[];
  /** The same features of other rows; a text says which one is of another kind there. */
  of(columns: ReadonlyMap<string, ColumnRows>): Uint8Array[] | string;
}

/** Bins of the reference's columns; what holds texts there and numbers elsewhere is told by {@link BinnedFeatures.of}. */
export function binFeatures(columns: ReadonlyMap<string, ColumnRows>): BinnedFeatures {
  const binnings = new Map<string, Binning>();
  for (const [name, side] of columns) binnings.set(name, fitBinning([side])!);
  const apply = (sides: ReadonlyMap<string, ColumnRows>): Uint8Array[] | string => {
    const bins: Uint8Array[] = [];
    for (const [name, binning] of binnings) {
      const side = sides.get(name);
      const found = side === undefined ? null : applyBinning(binning, side);
      if (found === null) return `${name} is ${binning.kind} on the test data and something else in the log`;
      bins.push(found);
    }
    return bins;
  };
  return { bins: apply(columns) as Uint8Array[], of: apply };
}

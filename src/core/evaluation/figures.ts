import type { FoldValues, SliceFoldValues } from "./fold-values.ts";

/** Adds baselines that are one known value everywhere: a model whose metric does not vary. */
export function withFigures(
  values: FoldValues,
  figures: readonly { readonly name: string; readonly value: number }[],
): FoldValues {
  if (figures.length === 0) return values;
  const add = (slice: SliceFoldValues): SliceFoldValues => ({
    ...slice,
    sums: [...slice.sums, ...figures.map(({ value }) => slice.weight.map((weight) => weight * value))],
    values: [...slice.values, ...figures.map(({ value }) => value)],
    reasons: [...slice.reasons, ...figures.map(() => null)],
  });
  return {
    ...values,
    models: [...values.models, ...figures.map(({ name }) => name)],
    slices: values.slices.map(add),
    overall: add(values.overall),
  };
}

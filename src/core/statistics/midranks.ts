/** Ranks from 1, ties sharing the mean of theirs (scipy's rankdata). NaN values get NaN and take no rank. */
export function midranks(values: ArrayLike<number>): Float64Array {
  const ranks = new Float64Array(values.length).fill(Number.NaN);
  const order = sortedOrder(values);
  for (let start = 0; start < order.length; ) {
    const value = values[order[start] as number] as number;
    let end = start + 1;
    while (end < order.length && (values[order[end] as number] as number) === value) end++;
    const rank = (start + 1 + end) / 2;
    for (let i = start; i < end; i++) ranks[order[i] as number] = rank;
    start = end;
  }
  return ranks;
}

/** Indices of the values that are not NaN, by ascending value, then by place. */
export function sortedOrder(values: ArrayLike<number>): Uint32Array {
  const order = new Uint32Array(values.length);
  let n = 0;
  for (let i = 0; i < values.length; i++) if (!Number.isNaN(values[i] as number)) order[n++] = i;
  return order.subarray(0, n).sort((i, j) => {
    const x = values[i] as number;
    const y = values[j] as number;
    return x < y ? -1 : x > y ? 1 : i - j;
  });
}

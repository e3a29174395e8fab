/** Intervals drawn with characters on one common scale; the right side is always where the challenger is better. */
export interface PlotScale {
  readonly low: number;
  readonly high: number;
  readonly width: number;
}

/**
 * One scale for several intervals (oriented: more is better), holding zero. Intervals more than five times as wide as
 * the middle one do not stretch it: they are drawn with arrow heads, so that one tiny slice cannot flatten all others.
 */
export function commonScale(intervals: readonly (readonly [number, number])[], width: number): PlotScale {
  const finite = intervals.filter(([a, b]) => Number.isFinite(a) && Number.isFinite(b));
  const sizes = finite.map(([a, b]) => b - a).sort((a, b) => a - b);
  const middle = sizes[sizes.length >> 1] ?? 0;
  let low = 0;
  let high = 0;
  for (const [a, b] of finite) {
    if (middle > 0 && b - a > 5 * middle) continue;
    low = Math.min(low, a);
    high = Math.max(high, b);
  }
  if (low === high) return { low: -1, high: 1, width };
  const air = (high - low) / Math.max(4, width - 2);
  return { low: low - air, high: high + air, width };
}

function column(scale: PlotScale, value: number): number {
  return Math.round(((value - scale.low) / (scale.high - scale.low)) * (scale.width - 1));
}

/**
 * `  ──●──│   `: interval, point and the zero line. Null interval: the zero line alone. What lies strictly on one side
 * of zero is never drawn onto the zero line, however coarse the columns are.
 */
export function drawInterval(
  scale: PlotScale,
  point: number | null,
  interval: readonly [number, number] | null,
): string {
  const cells: string[] = Array.from({ length: scale.width }, () => " ");
  const zero = column(scale, 0);
  const place = (value: number): number => {
    const at = column(scale, value);
    return value < 0 ? Math.min(at, zero - 1) : value > 0 ? Math.max(at, zero + 1) : zero;
  };
  const last = scale.width - 1;
  if (zero >= 0 && zero <= last) cells[zero] = "│";
  if (interval !== null) {
    const from = place(interval[0]);
    const to = place(interval[1]);
    for (let at = Math.max(0, from); at <= Math.min(last, to); at++) cells[at] = at === zero ? "┼" : "─";
    if (from < 0) cells[0] = "◂";
    if (to > last) cells[last] = "▸";
  }
  if (point !== null && Number.isFinite(point)) {
    const at = place(point);
    if (at >= 0 && at <= last) cells[at] = "●";
  }
  return cells.join("");
}

/** `  worse│better `: which side of zero is which; a word without room is left out. */
export function plotSides(scale: PlotScale): string {
  const zero = column(scale, 0);
  const left = "worse".length <= zero ? "worse".padStart(zero) : " ".repeat(Math.max(0, zero));
  const right = "better".length <= scale.width - zero - 1 ? "better" : "";
  return `${left}│${right}`;
}

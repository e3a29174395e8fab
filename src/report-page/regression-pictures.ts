import type { RegressionCurves } from "../core/report/curves.ts";
import { chart, inkOf } from "./chart.ts";

export function regressionPictures(curves: RegressionCurves): HTMLElement[] {
  const edges = curves.residualEdges;
  const range: readonly [number, number] = [edges[0] ?? 0, edges[edges.length - 1] ?? 1];
  const steps = (counts: readonly number[]): { x: number; y: number }[] => {
    const all = counts.reduce((a, b) => a + b, 0) || 1;
    return edges.map((x, i) => ({ x, y: (counts[Math.min(i, counts.length - 1)] ?? 0) / all }));
  };
  const histograms = curves.models.map((m) => steps(m.residuals));
  const groups = curves.models.flatMap((m) => m.groups);
  const low = Math.min(...groups.map((g) => Math.min(g.predicted, g.low)), 0);
  const high = Math.max(...groups.map((g) => Math.max(g.predicted, g.high)));
  return [
    chart({
      title: "Errors: prediction minus what happened",
      xLabel: "error",
      yLabel: "share of rows",
      x: range,
      y: [0, Math.max(...histograms.flat().map((p) => p.y)) * 1.15],
      verticals: [{ at: 0, name: "no error", ink: "champion" }],
      series: curves.models.map((m, i) => ({
        name: m.name,
        ink: inkOf(i),
        shape: i === 0 ? "area" : "steps",
        points: histograms[i] ?? [],
        label: { corner: "top left", line: i },
      })),
    }),
    ...curves.models.map((m, i) =>
      chart({
        title: `${m.name}: what it said and what happened (lines: the middle 80%)`,
        xLabel: "prediction",
        yLabel: "what happened",
        x: [low, high],
        y: [low, high],
        diagonal: "perfect",
        series: [
          {
            name: "mean",
            ink: inkOf(i),
            shape: "dots",
            points: m.groups.map((g) => ({ x: g.predicted, y: g.actual, low: g.low, high: g.high })),
          },
        ],
      }),
    ),
  ];
}

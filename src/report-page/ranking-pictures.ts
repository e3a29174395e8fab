import type { RankingCurves } from "../core/report/curves.ts";
import { count, counted, percent } from "../core/report/numbers.ts";
import { chart, inkOf } from "./chart.ts";
import type { Model } from "./model.ts";

export function rankingPictures(curves: RankingCurves, model: Model): HTMLElement[] {
  const { lists } = curves;
  const all = lists.better + lists.equal + lists.worse || 1;
  const { challenger, metric } = model.evidence.verdict;
  const recall = curves.models.map((m) => [{ x: 0, y: 0 }, ...m.recall.map((y, i) => ({ x: i + 1, y }))]);
  const first = curves.models.map((m) => {
    const lists = m.firstHit.reduce((a, b) => a + b, 0) || 1;
    let found = 0;
    return m.firstHit.slice(0, curves.upTo).map((n, i) => ({ x: i + 1, y: (found += n) / lists }));
  });
  const winner = (points: readonly (readonly { y: number }[])[]): number =>
    (points[1]?.[5]?.y ?? 0) >= (points[0]?.[5]?.y ?? 0) ? 1 : 0;
  const side = (points: readonly (readonly { y: number }[])[], i: number): "above" | "below" =>
    i === winner(points) ? "above" : "below";
  const top = Math.max(...recall.flat().map((p) => p.y)) * 1.08;
  const highest = Math.max(...lists.counts);
  return [
    chart({
      title: "How much of what matters is found by position k",
      xLabel: "position",
      yLabel: "recall",
      x: [0, curves.upTo],
      y: [0, Math.min(1, top)],
      series: curves.models.map((m, i) => ({
        name: m.name,
        ink: inkOf(i),
        shape: "line",
        points: recall[i] ?? [],
        label: { at: 0.55, side: side(recall, i) },
      })),
    }),
    chart({
      title: "Lists whose first good item comes by position k",
      xLabel: "position",
      yLabel: "share of lists",
      x: [1, curves.upTo],
      y: [0, 1],
      series: curves.models.map((m, i) => ({
        name: m.name,
        ink: inkOf(i),
        shape: "line",
        points: first[i] ?? [],
        label: { at: 0.4, side: side(first, i) },
      })),
    }),
    chart({
      title: `Of ${counted(all, "list")}, ${challenger} does better on ${percent(lists.better / all)}, the same on ${percent(lists.equal / all)}, worse on ${percent(lists.worse / all)}`,
      xLabel: `difference in ${metric} (more is better)`,
      yLabel: "lists",
      x: [lists.edges[0] ?? -1, lists.edges[lists.edges.length - 1] ?? 1],
      y: [0, highest * 1.1],
      verticals: [{ at: 0, name: "equal", ink: "champion" }],
      series: [
        {
          name: `${count(lists.worse)} worse`,
          ink: "trouble",
          shape: "area",
          points: half(lists, -1),
          label: { at: 0.7, side: "above" },
        },
        {
          name: `${count(lists.better)} better`,
          ink: "challenger",
          shape: "area",
          points: half(lists, 1),
          label: { at: 0.3, side: "above" },
        },
      ],
    }),
  ];
}

/** The part of the histogram on one side of zero; the bin that holds zero is cut there. */
function half(lists: RankingCurves["lists"], sign: 1 | -1): { x: number; y: number }[] {
  const points: { x: number; y: number }[] = [];
  lists.counts.forEach((n, i) => {
    const from = lists.edges[i] ?? 0;
    const to = lists.edges[i + 1] ?? 0;
    if (from < -1e-9 && to > 1e-9) return;
    if (sign === -1 ? to <= 1e-9 : from >= -1e-9) points.push({ x: from, y: n }, { x: to, y: n });
  });
  return points;
}

/** How the two models answer, pictured by task: the classic curves, each with its table. */
import { areaUnder, calibrationPoints, precisionRecallPoints, rebin, rocPoints } from "../core/report/curve-points.ts";
import type {
  BinaryCurves,
  BinaryModelCurves,
  MulticlassCurves,
  RankingCurves,
  RegressionCurves,
} from "../core/report/curves.ts";
import { count, counted, number, percent } from "../core/report/numbers.ts";
import { chart, type Ink, type Series } from "./chart.ts";
import { confusionTable } from "./confusion.ts";
import { h, section } from "./dom.ts";
import type { Model } from "./model.ts";

const inkOf = (index: number): Ink => (index === 0 ? "champion" : "challenger");

export function pictures(model: Model): HTMLElement | null {
  const { curves } = model.evidence;
  if (curves === null) return null;
  const figures =
    curves.kind === "binary"
      ? binary(curves)
      : curves.kind === "multiclass"
        ? multiclass(curves)
        : curves.kind === "regression"
          ? regression(curves)
          : ranking(curves, model);
  return section("pictures", "How the models answer", h("div", { class: "figures" }, ...figures));
}

function binary(curves: BinaryCurves): HTMLElement[] {
  const models = curves.models;
  const roc = models.map((m) => rocPoints(m));
  const better = (areaUnder(roc[1] ?? []) || 0) >= areaUnder(roc[0] ?? []) ? 1 : 0;
  const side = (i: number): "above" | "below" => (i === better ? "above" : "below");
  const base = models[0];
  const rate = base === undefined ? 0 : share(base);
  const pr = models.map((m) => precisionRecallPoints(m));
  const unit: readonly [number, number] = [0, 1];
  const lines = (
    points: readonly (readonly { x: number; y: number }[])[],
    at: readonly number[],
    name: (i: number) => string,
  ): Series[] =>
    models.map((_, i) => ({
      name: name(i),
      ink: inkOf(i),
      shape: "line",
      points: points[i] ?? [],
      label: { at: at[i] ?? 0.5, side: side(i) },
    }));
  const half = (points: readonly { x: number }[], x: number): number =>
    Math.max(
      0,
      points.findIndex((p) => p.x >= x),
    ) / Math.max(1, points.length - 1);
  return [
    chart({
      title: "Hits against false alarms (ROC)",
      xLabel: "false positive rate",
      yLabel: "true positive rate",
      x: unit,
      y: unit,
      diagonal: "chance",
      series: lines(
        roc,
        roc.map((p, i) => half(p, i === better ? 0.32 : 0.42)),
        (i) => `${models[i]?.name} ${number(areaUnder(roc[i] ?? []), 3)}`,
      ),
    }),
    chart({
      title: `Precision against recall (${percent(rate)} are positive)`,
      xLabel: "recall",
      yLabel: "precision",
      x: unit,
      y: unit,
      series: lines(
        pr,
        pr.map((p, i) => half(p, i === better ? 0.6 : 0.45)),
        (i) => models[i]?.name ?? "",
      ),
    }),
    ...(models.every((m) => m.probability) ? [calibration(models)] : []),
    ...models.map((m, i) => scoreHistogram(m, i)),
    ...models.flatMap((m) => (m.confusion === null ? [] : [confusionFigure(m)])),
  ];
}

function share(model: BinaryModelCurves): number {
  const positives = model.positives.reduce((a, b) => a + b, 0);
  return positives / (positives + model.negatives.reduce((a, b) => a + b, 0) || 1);
}

function calibration(models: readonly BinaryModelCurves[]): HTMLElement {
  const points = models.map((m) => calibrationPoints(m));
  const top = Math.min(1, Math.max(...points.flat().map((p) => Math.max(p.x, p.high))) * 1.05);
  return chart({
    title: "Said against happened (calibration): on the dashed line the scores can be taken at their word",
    xLabel: "mean score",
    yLabel: "share positive",
    x: [0, top],
    y: [0, top],
    diagonal: "perfect",
    series: models.map((m, i) => ({
      name: m.name,
      ink: inkOf(i),
      shape: "dots",
      points: points[i] ?? [],
      label: { at: i === 0 ? 0.55 : 0.9, side: i === 0 ? "below" : "above" },
    })),
  });
}

function scoreHistogram(model: BinaryModelCurves, index: number): HTMLElement {
  const low = model.edges[0] ?? 0;
  const high = model.edges[model.edges.length - 1] ?? 1;
  const bins = 30;
  const shares = (counts: readonly number[]): { x: number; y: number }[] => {
    const all = counts.reduce((a, b) => a + b, 0) || 1;
    const moved = rebin(model.edges, counts, low, high, bins).map((n) => n / all);
    return [...moved, moved[bins - 1] ?? 0].map((y, i) => ({ x: low + ((high - low) * i) / bins, y }));
  };
  const positives = shares(model.positives);
  const negatives = shares(model.negatives);
  const top = Math.max(...positives.map((p) => p.y), ...negatives.map((p) => p.y)) * 1.15;
  const peak = (points: readonly { y: number }[]): number =>
    points.reduce((best, p, i) => (p.y > (points[best]?.y ?? 0) ? i : best), 0) / bins;
  return chart({
    title: `Scores of ${model.name}: filled, the positive rows; outlined, the negative ones`,
    xLabel: model.threshold === null ? "score" : `score (threshold ${number(model.threshold, 3)})`,
    yLabel: "share of rows",
    x: [low, high],
    y: [0, top],
    verticals: model.threshold === null ? [] : [{ at: model.threshold, name: "threshold", ink: inkOf(index) }],
    series: [
      {
        name: "positive",
        ink: inkOf(index),
        shape: "area",
        points: positives,
        label: { at: peak(positives), side: "above" },
      },
      {
        name: "negative",
        ink: inkOf(index),
        shape: "steps",
        points: negatives,
        label: { at: peak(negatives), side: "above" },
      },
    ],
  });
}

function confusionFigure(model: BinaryModelCurves): HTMLElement {
  const c = model.confusion ?? { truePositives: 0, falsePositives: 0, falseNegatives: 0, trueNegatives: 0 };
  return confusionTable(
    `Answers of ${model.name} at threshold ${number(model.threshold, 3)}`,
    ["positive", "negative"],
    [
      [c.truePositives, c.falseNegatives],
      [c.falsePositives, c.trueNegatives],
    ],
  );
}

function multiclass(curves: MulticlassCurves): HTMLElement[] {
  return [
    ...curves.models.map((m) => confusionTable(`Answers of ${m.name}`, curves.classes, m.confusion)),
    chart({
      title: "Sure against right: on the dashed line, a model that is 80% sure is right 8 times of 10",
      xLabel: "probability given",
      yLabel: "share right",
      x: [0, 1],
      y: [0, 1],
      diagonal: "perfect",
      series: curves.models.map((m, i) => ({
        name: m.name,
        ink: inkOf(i),
        shape: "dots",
        label: { at: 0.8, side: i === 0 ? "below" : "above" },
        points: m.confidence.right.flatMap((right, bin) => {
          const all = right + (m.confidence.wrong[bin] ?? 0);
          return all === 0
            ? []
            : [{ x: ((m.confidence.edges[bin] ?? 0) + (m.confidence.edges[bin + 1] ?? 0)) / 2, y: right / all }];
        }),
      })),
    }),
  ];
}

function regression(curves: RegressionCurves): HTMLElement[] {
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
  const peak = (points: readonly { y: number }[]): number =>
    points.reduce((best, p, i) => (p.y > (points[best]?.y ?? 0) ? i : best), 0) / Math.max(1, points.length - 1);
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
        label: {
          at: Math.min(1, peak(histograms[i] ?? []) + (i === 0 ? 0.12 : 0.04)),
          side: i === 0 ? "below" : "above",
        },
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

function ranking(curves: RankingCurves, model: Model): HTMLElement[] {
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

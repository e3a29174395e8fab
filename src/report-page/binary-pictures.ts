import { areaUnder, calibrationPoints, precisionRecallPoints, rebin, rocPoints } from "../core/report/curve-points.ts";
import type { BinaryCurves, BinaryModelCurves } from "../core/report/curves.ts";
import { number, percent } from "../core/report/numbers.ts";
import { chart, inkOf } from "./chart.ts";
import { confusionFigure } from "./confusion.ts";

export function binaryPictures(curves: BinaryCurves): HTMLElement[] {
  const { models } = curves;
  const decided = models.filter((m) => m.confusion !== null);
  return [
    roc(models),
    precisionRecall(models),
    ...(models.every((m) => m.probability) ? [calibration(models)] : []),
    ...models.map((m, i) => scoreHistogram(m, i)),
    ...(decided.length === 0 ? [] : [confusions(decided)]),
  ];
}

function roc(models: readonly BinaryModelCurves[]): HTMLElement {
  return chart({
    title: "Hits against false alarms (ROC, with the area under it)",
    xLabel: "false positive rate",
    yLabel: "true positive rate",
    x: [0, 1],
    y: [0, 1],
    diagonal: "chance",
    series: models.map((m, i) => {
      const points = rocPoints(m);
      const name = `${m.name} ${number(areaUnder(points), 3)}`;
      return { name, ink: inkOf(i), shape: "line", points, label: { corner: "bottom right", line: 1 - i } };
    }),
  });
}

function precisionRecall(models: readonly BinaryModelCurves[]): HTMLElement {
  const points = models.map((m) => precisionRecallPoints(m));
  const at = (i: number, recall: number): number =>
    Math.max(0, points[i]?.findIndex((p) => p.x >= recall) ?? 0) / Math.max(1, (points[i]?.length ?? 1) - 1);
  const height = (i: number): number => points[i]?.find((p) => p.x >= 0.5)?.y ?? 0;
  const higher = height(1) >= height(0) ? 1 : 0;
  const base = models[0];
  return chart({
    title: `Precision against recall (${percent(base === undefined ? 0 : share(base))} are positive)`,
    xLabel: "recall",
    yLabel: "precision",
    x: [0, 1],
    y: [0, 1],
    series: models.map((m, i) => ({
      name: m.name,
      ink: inkOf(i),
      shape: "line",
      points: points[i] ?? [],
      label: i === higher ? { at: at(i, 0.6), side: "above" } : { at: at(i, 0.4), side: "below" },
    })),
  });
}

function share(model: BinaryModelCurves): number {
  const positives = model.positives.reduce((a, b) => a + b, 0);
  return positives / (positives + model.negatives.reduce((a, b) => a + b, 0) || 1);
}

function calibration(models: readonly BinaryModelCurves[]): HTMLElement {
  const points = models.map((m) => calibrationPoints(m));
  const top = Math.min(1, Math.max(...points.flat().map((p) => Math.max(p.x, p.high))) * 1.05);
  return chart({
    title: "Said against happened (calibration; on the dashed line: as said)",
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
      label: { corner: "bottom right", line: 1 - i },
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
    title: `Scores of ${model.name}: positive rows filled, negative outlined`,
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

function confusions(models: readonly BinaryModelCurves[]): HTMLElement {
  const tables = models.map((m) => {
    const c = m.confusion ?? { truePositives: 0, falsePositives: 0, falseNegatives: 0, trueNegatives: 0 };
    const counts = [
      [c.truePositives, c.falseNegatives],
      [c.falsePositives, c.trueNegatives],
    ];
    return { name: `${m.name}, threshold ${number(m.threshold, 3)}`, counts };
  });
  return confusionFigure("What they said and what was true", ["positive", "negative"], tables);
}

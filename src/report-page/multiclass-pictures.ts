import type { MulticlassCurves } from "../core/report/curves.ts";
import { chart, inkOf } from "./chart.ts";
import { confusionFigure } from "./confusion.ts";

export function multiclassPictures(curves: MulticlassCurves): HTMLElement[] {
  return [
    ...curves.models.map((m) =>
      confusionFigure("What it said and what was true", curves.classes, [{ name: m.name, counts: m.confusion }]),
    ),
    chart({
      title: "How sure against how often right (on the dashed line: as said)",
      xLabel: "probability given",
      yLabel: "share right",
      x: [0, 1],
      y: [0, 1],
      diagonal: "perfect",
      series: curves.models.map((m, i) => ({
        name: m.name,
        ink: inkOf(i),
        shape: "dots",
        label: { corner: "bottom right", line: 1 - i },
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

/** Small pictures in SVG: lines, points with intervals, steps. Text stays at 12 px or more down to a phone's width. */
import type { Point } from "../core/report/curve-points.ts";
import { number } from "../core/report/numbers.ts";
import { behind, h, simpleTable, svg } from "./dom.ts";

const WIDTH = 328;
const HEIGHT = 250;
const BOX = { left: 46, right: 12, top: 14, bottom: 44 };

export type Ink = "champion" | "challenger" | "trouble";

/** The first model is the champion. */
export const inkOf = (index: number): Ink => (index === 0 ? "champion" : "challenger");

export interface Series {
  readonly name: string;
  readonly ink: Ink;
  readonly points: readonly (Point & { readonly low?: number; readonly high?: number })[];
  readonly shape: "line" | "dots" | "steps" | "area";
  readonly label?: Label;
  readonly dashed?: boolean;
}

/** Along the line (`at` from 0 to 1), or in a corner that the lines leave free (`line` counts from the corner). */
export type Label =
  | { readonly at: number; readonly side: "above" | "below" }
  | { readonly corner: "bottom right" | "top left"; readonly line: number };

export interface Chart {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
  readonly series: readonly Series[];
  /** A dashed reference line from corner to corner. */
  readonly diagonal?: string;
  readonly verticals?: readonly { readonly at: number; readonly name: string; readonly ink: Ink }[];
  /** Text of the ticks of x; default by value. */
  readonly tick?: (value: number) => string;
}

export function niceTicks([low, high]: readonly [number, number], about: number): number[] {
  const rough = (high - low) / about || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((m) => m * power).find((s) => s >= rough * 0.999) ?? rough;
  const first = Math.ceil(low / step - 1e-9);
  return Array.from({ length: Math.max(1, Math.floor(high / step + 1e-9) - first + 1) }, (_, i) =>
    Number(((first + i) * step).toPrecision(12)),
  );
}

export function tickText(ticks: readonly number[]): (value: number) => string {
  const step = Math.abs((ticks[1] ?? 1) - (ticks[0] ?? 0)) || 1;
  const large = Math.max(...ticks.map(Math.abs));
  if (large >= 1e6) return (v) => `${number(v / 1e6, step < 1e6 ? 1 : 0)}M`;
  if (large >= 20_000) return (v) => (v === 0 ? "0" : `${number(v / 1000, step < 1000 ? 1 : 0)}k`);
  const decimals = Math.min(6, Math.max(0, -Math.floor(Math.log10(step) + 1e-9)));
  return (v) => number(v, step % 10 ** -decimals > 1e-12 * step ? decimals + 1 : decimals);
}

export function chart(spec: Chart): HTMLElement {
  const x = (v: number): number =>
    BOX.left + ((v - spec.x[0]) / (spec.x[1] - spec.x[0] || 1)) * (WIDTH - BOX.left - BOX.right);
  const y = (v: number): number =>
    HEIGHT - BOX.bottom - ((v - spec.y[0]) / (spec.y[1] - spec.y[0] || 1)) * (HEIGHT - BOX.top - BOX.bottom);
  const picture = svg(
    "svg",
    {
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      class: "chart",
      role: "img",
      "aria-label": `${spec.title}. ${spec.yLabel} by ${spec.xLabel}.`,
    },
    ...axes(spec, x, y),
    ...(spec.diagonal === undefined
      ? []
      : [svg("line", { class: "diagonal", x1: x(spec.x[0]), y1: y(spec.y[0]), x2: x(spec.x[1]), y2: y(spec.y[1]) })]),
    ...(spec.verticals ?? []).map((v) =>
      svg("line", { class: `vertical ${v.ink}`, x1: x(v.at), x2: x(v.at), y1: BOX.top, y2: HEIGHT - BOX.bottom }),
    ),
    ...spec.series.flatMap((s) => drawSeries(s, x, y)),
    ...spec.series.flatMap((s) => (s.label === undefined ? [] : [seriesLabel(s, s.label, x, y)])),
  );
  return h(
    "figure",
    {},
    h("figcaption", {}, spec.title),
    picture,
    behind("As a table", () => chartTable(spec)),
  );
}

type Place = (value: number) => number;

function axes(spec: Chart, x: Place, y: Place): SVGElement[] {
  const xTicks = niceTicks(spec.x, 4);
  const yTicks = niceTicks(spec.y, 4);
  const xText = spec.tick ?? tickText(xTicks);
  const yText = tickText(yTicks);
  const floor = HEIGHT - BOX.bottom;
  return [
    ...yTicks.flatMap((t) => [
      svg("line", { class: "grid", x1: BOX.left, x2: WIDTH - BOX.right, y1: y(t), y2: y(t) }),
      svg("text", { x: BOX.left - 6, y: y(t) + 4, "text-anchor": "end" }, yText(t)),
    ]),
    ...xTicks.map((t) => svg("text", { x: x(t), y: floor + 16, "text-anchor": "middle" }, xText(t))),
    svg("line", { class: "axis-line", x1: BOX.left, x2: WIDTH - BOX.right, y1: floor, y2: floor }),
    svg("text", { class: "label", x: WIDTH - BOX.right, y: HEIGHT - 8, "text-anchor": "end" }, `${spec.xLabel} →`),
    svg("text", { class: "label", x: 4, y: HEIGHT - 8 }, `↑ ${spec.yLabel}`),
  ];
}

function drawSeries(series: Series, x: Place, y: Place): SVGElement[] {
  const { points, ink } = series;
  if (series.shape === "dots") {
    return [
      svg("path", { class: `stroke thin ${ink}`, d: path(points, x, y) }),
      ...points.flatMap((p) => [
        ...(p.low === undefined || p.high === undefined
          ? []
          : [svg("line", { class: `stroke ${ink}`, x1: x(p.x), x2: x(p.x), y1: y(p.low), y2: y(p.high) })]),
        svg("circle", { class: `fill ${ink}`, cx: x(p.x), cy: y(p.y), r: 3.2 }),
      ]),
    ];
  }
  const d = series.shape === "line" ? path(points, x, y) : steps(points, x, y);
  if (series.shape === "area")
    return [svg("path", { class: `area ${ink}`, d: `${d}V${y(0).toFixed(1)}H${x(points[0]?.x ?? 0).toFixed(1)}Z` })];
  return [svg("path", { class: `stroke ${ink}${series.dashed === true ? " dashed" : ""}`, d })];
}

function path(points: readonly Point[], x: Place, y: Place): string {
  return points.map((p, i) => `${i === 0 ? "M" : "L"}${x(p.x).toFixed(1)} ${y(p.y).toFixed(1)}`).join("");
}

/** Points are left edges of bins; the last one closes the last bin. */
function steps(points: readonly Point[], x: Place, y: Place): string {
  return points
    .map((p, i) =>
      i === 0 ? `M${x(p.x).toFixed(1)} ${y(p.y).toFixed(1)}` : `H${x(p.x).toFixed(1)}V${y(p.y).toFixed(1)}`,
    )
    .join("");
}

function seriesLabel(series: Series, label: Label, x: Place, y: Place): SVGElement {
  const text = (left: number, top: number, anchor: string): SVGElement =>
    svg("text", { class: `series ${series.ink}`, x: left, y: top, "text-anchor": anchor }, series.name);
  if ("corner" in label) {
    return label.corner === "top left"
      ? text(BOX.left + 8, BOX.top + 14 + 17 * label.line, "start")
      : text(WIDTH - BOX.right - 6, HEIGHT - BOX.bottom - 10 - 17 * label.line, "end");
  }
  const last = series.points.length - 1;
  const point = series.points[Math.min(last, Math.max(0, Math.round(label.at * last)))] ?? { x: 0, y: 0 };
  const left = x(point.x);
  const anchor = left > WIDTH * 0.62 ? "end" : left < WIDTH * 0.3 ? "start" : "middle";
  const top = y(point.y) + (label.side === "above" ? -13 : 23);
  return text(left, Math.min(HEIGHT - BOX.bottom - 6, Math.max(BOX.top + 10, top)), anchor);
}

function chartTable(spec: Chart): HTMLElement {
  const many = Math.max(...spec.series.map((s) => s.points.length), 1);
  const every = Math.ceil(many / 40);
  const rows = spec.series.flatMap((s) =>
    s.points
      .filter((_, i) => i % every === 0 || i === s.points.length - 1)
      .map((p) => [s.name, number(p.x, 4), number(p.y, 4)]),
  );
  return simpleTable(spec.title, ["series", spec.xLabel, spec.yLabel], rows);
}

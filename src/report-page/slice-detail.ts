/** What stands behind one slice: its condition, its numbers, its gate, and the folds of units that made the interval. */
import type { SliceFoldValues } from "../core/evaluation/fold-values.ts";
import { SLICE_GATE } from "../core/gates/gate-forms.ts";
import type { PairedNumber, SliceResult } from "../core/gates/verdict.ts";
import { conditionInWords } from "../core/report/condition-words.ts";
import { count, counted, decimalsOf, number, percent, signed, unitWord } from "../core/report/numbers.ts";
import { outcomeGlyphs, outcomeWords } from "../core/report/words.ts";
import { behind, h, simpleTable, svg } from "./dom.ts";
import type { Model } from "./model.ts";

export function sliceDetail(model: Model): { readonly element: HTMLDialogElement; open(index: number): void } {
  const content = h("div");
  const close = h("button", { type: "button", class: "close", "aria-label": "Close" }, "Close");
  const element = h("dialog", { "aria-labelledby": "detail-title" }, close, content);
  close.addEventListener("click", () => element.close());
  element.addEventListener("click", (event) => {
    if (event.target === element) element.close();
  });
  return {
    element,
    open(index) {
      const slice = model.evidence.verdict.slices[index];
      if (slice === undefined) return;
      content.replaceChildren(...detail(model, slice, index));
      element.showModal();
    },
  };
}

function fact(term: string, text: string): HTMLElement {
  return h("div", {}, h("dt", {}, term), h("dd", {}, text));
}

function detail(model: Model, slice: SliceResult, index: number): Element[] {
  const { verdict } = model.evidence;
  const outcome = model.outcome(index);
  const blocking = model.settings.blocking[index] === 1;
  const gate = (model.whatIf?.gates ?? verdict.gates).find((g) => g.name === SLICE_GATE + slice.name);
  const needed = (model.whatIf?.needed ?? verdict.needed).find((n) => n.gate === SLICE_GATE + slice.name);
  const kinds = { routable: "known when the request comes", item: "on the rows of a list", window: "relative to time" };
  const unit = unitWord(verdict.counts.unit);
  return [
    h("h2", { id: "detail-title" }, slice.name),
    h(
      "p",
      {},
      h("strong", { class: "badge", "data-outcome": outcome }, `${outcomeGlyphs[outcome]} ${outcomeWords[outcome]}`),
      " ",
      gate?.reason ?? slice.reason ?? "",
    ),
    ...(model.whatIf === null ? [] : [h("p", { class: "mark" }, "what-if, not issued")]),
    h(
      "dl",
      { class: "facts-list" },
      fact("selects", conditionInWords(slice.where)),
      fact("kind", `${slice.kind}: ${kinds[slice.kind]}`),
      fact("policy entry", slice.entry),
      fact("weight", number(model.settings.weights[index], 2)),
      fact(
        "blocks",
        blocking
          ? marginText(model.settings.margins[index] ?? 0, decimalsOf(slice.metrics[verdict.metric]?.interval ?? null))
          : "no",
      ),
      fact(
        "holds",
        `${counted(slice.rows, "row")} (${percent(slice.share)} of all)${slice.groups === null ? "" : `, ${counted(slice.groups, "list")}`}, ${counted(slice.units, unit)}${slice.positives === null ? "" : `, ${counted(slice.positives, "positive")}`}`,
      ),
      ...(slice.flags.length === 0 ? [] : [fact("flags", slice.flags.join(", "))]),
      ...(needed === undefined ? [] : [fact("would decide", needed.reason)]),
    ),
    h("h3", {}, "Numbers"),
    metricTable(model, slice),
    ...folds(model, slice, index),
  ];
}

function marginText(margin: number, decimals: number): string {
  return margin === 0 ? "yes, it must not get worse" : `yes, it may get worse by ${number(margin, decimals + 1)}`;
}

function metricTable(model: Model, slice: SliceResult): HTMLElement {
  const { verdict } = model.evidence;
  const row = (name: string, p: PairedNumber): string[] => {
    const d = decimalsOf(p.interval);
    const range =
      p.interval === null ? (p.reason ?? "n/a") : `${signed(p.interval[0], d)} to ${signed(p.interval[1], d)}`;
    return [
      `${name}${p.direction === -1 ? " (less is better)" : ""}`,
      number(p.champion, d),
      number(p.challenger, d),
      signed(p.difference, d),
      range,
      count(p.n),
      p.method,
    ];
  };
  const rows = Object.entries(slice.metrics).map(([name, p]) =>
    row(name === "cost" ? "expected cost per 1,000" : name, p),
  );
  return simpleTable(
    `Numbers of ${slice.name}`,
    ["metric", verdict.champion, verdict.challenger, "difference", "interval", "n", "method"],
    rows,
  );
}

/** One point a fold: where the interval comes from. */
function folds(model: Model, slice: SliceResult, index: number): Element[] {
  const values = model.evidence.foldValues.slices[index];
  if (values === undefined || values.folds.length < 2) return [];
  const points = foldPoints(values, model.direction);
  const better = points.filter((p) => p.difference > 0).length;
  const worse = points.filter((p) => p.difference < 0).length;
  return [
    h("h3", {}, "Where the interval comes from"),
    h(
      "p",
      { class: "note" },
      `Units are dealt into ${count(points.length)} groups; the challenger does better in ${count(better)} of them and worse in ${count(worse)}. The interval says how much the mean moves when other such groups are drawn.`,
    ),
    strip(points, slice.name),
    behind("These groups as a table", () =>
      simpleTable(
        "Groups of units",
        ["group", "weight", "difference (more is better)"],
        points.map((p) => [String(p.fold), number(p.weight, 0), signed(p.difference, 4)]),
      ),
    ),
  ];
}

interface FoldPoint {
  readonly fold: number;
  readonly weight: number;
  readonly difference: number;
}

function foldPoints(values: SliceFoldValues, direction: 1 | -1): FoldPoint[] {
  const [champion, challenger] = values.sums;
  return [...values.folds].map((fold, i) => {
    const weight = values.weight[i] ?? 1;
    return { fold, weight, difference: (direction * ((challenger?.[i] ?? 0) - (champion?.[i] ?? 0))) / weight };
  });
}

function strip(points: readonly FoldPoint[], name: string): SVGElement {
  const largest = Math.max(...points.map((p) => Math.abs(p.difference))) || 1;
  const heaviest = Math.max(...points.map((p) => p.weight));
  const x = (v: number): number => 160 + (v / largest) * 148;
  const circles = points.map((p, i) =>
    svg("circle", {
      cx: x(p.difference).toFixed(1),
      cy: 14 + ((i * 37) % 45),
      r: (1.8 + 2.6 * Math.sqrt(p.weight / heaviest)).toFixed(1),
      class: p.difference < 0 ? "worse" : p.difference > 0 ? "better" : "open",
    }),
  );
  return svg(
    "svg",
    {
      viewBox: "0 0 320 86",
      class: "chart strip",
      role: "img",
      "aria-label": `Differences of ${name} by group of units`,
    },
    svg("line", { x1: 160, x2: 160, y1: 6, y2: 66, class: "zero" }),
    ...circles,
    svg("text", { x: 12, y: 82 }, `← worse (${signed(-largest, 2)})`),
    svg("text", { x: 308, y: 82, "text-anchor": "end" }, `better (${signed(largest, 2)}) →`),
  );
}

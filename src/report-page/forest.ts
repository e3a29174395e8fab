/** The picture that proves the answer: every slice's difference with its interval on one scale, costliest first. */
import { count, counted, decimalsOf, number, signed, unitWord } from "../core/report/numbers.ts";
import { compareByCost } from "../core/report/slice-order.ts";
import { usualDecimals } from "../core/report/usual-decimals.ts";
import { outcomeGlyphs, outcomeWords } from "../core/report/words.ts";
import { behind, h, section, setText, simpleTable } from "./dom.ts";
import type { Model, SliceView } from "./model.ts";

const FIRST = 12;
const MORE = 100;

interface Scale {
  readonly low: number;
  readonly high: number;
}

/** Share of the width, 0 to 1; beyond the ends for what does not fit. */
const at = (scale: Scale, value: number): number => (value - scale.low) / (scale.high - scale.low);

export function forest(model: Model, open: (index: number) => void): HTMLElement {
  const ordered = [...model.views].sort((a, b) => compareByCost(facts(model, a), facts(model, b)));
  const scale = scaleOf(model, ordered);
  const list = h("ol", { class: "forest", "aria-label": "Slices by what they cost, the costliest first" });
  const rows: Row[] = [];
  let shown = 0;
  const more = h("button", { type: "button", class: "plain", click: () => show(MORE) });
  const show = (many: number): void => {
    for (const view of ordered.slice(shown, shown + many)) {
      const row = sliceRow(model, view, scale, open);
      rows.push(row);
      list.append(row.element);
    }
    shown = Math.min(ordered.length, shown + many);
    more.hidden = shown >= ordered.length;
    const rest = ordered.length - shown;
    setText(more, `Show ${rest > MORE ? `${count(MORE)} more of ${count(rest)}` : `${count(rest)} more`} slices`);
  };
  show(ordered.length <= FIRST + 2 ? ordered.length : FIRST);
  const total = scoreRow(model, scale);
  model.listen(() => {
    total.update();
    for (const row of rows) row.update();
  });
  return section(
    "forest",
    "Where it wins and where it loses",
    h(
      "p",
      { class: "note" },
      `Each line is ${model.evidence.verdict.challenger} minus ${model.evidence.verdict.champion} in ${model.evidence.verdict.metric}, with its ${Math.round(model.evidence.verdict.score.confidence * 100)}% interval. A line that crosses zero proves nothing yet. Slices that cost the most (weight × loss) come first; open one for its numbers.`,
    ),
    h("div", { class: "plot-head" }, h("span"), axis(model, scale), h("span")),
    h("ol", { class: "forest totals", "aria-label": "In all" }, total.element, overallRow(model, scale).element),
    list,
    more,
    behind("These intervals as a table", () => forestTable(model, ordered)),
  );
}

function facts(model: Model, view: SliceView) {
  return {
    weight: view.slice.weight,
    blocking: view.slice.blocking,
    outcome: model.outcome(view.index),
    difference: view.difference,
  };
}

function scaleOf(model: Model, ordered: readonly SliceView[]): Scale {
  const { verdict } = model.evidence;
  const views = ordered.filter((v) => v.interval !== null && v.interval.every(Number.isFinite));
  const sizes = views.map((v) => (v.interval?.[1] ?? 0) - (v.interval?.[0] ?? 0)).sort((a, b) => a - b);
  const middle = sizes[sizes.length >> 1] ?? 0;
  // One tiny slice with an enormous interval must not flatten all others: it gets an arrow head instead.
  const fitting = views.filter(
    (v) => (v.interval?.[1] ?? 0) - (v.interval?.[0] ?? 0) <= 4 * middle || ordered.indexOf(v) < 3,
  );
  const bounds = [verdict.score.interval ?? [0, 0], ...fitting.map((v) => v.interval ?? [0, 0])];
  const low = Math.min(0, ...bounds.map((b) => b[0]));
  const high = Math.max(0, ...bounds.map((b) => b[1]));
  const air = (high - low || 1) * 0.06;
  return { low: low - air, high: high + air };
}

function ticks(scale: Scale): number[] {
  const rough = (scale.high - scale.low) / 6;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= rough) ?? rough;
  const from = Math.ceil(scale.low / step);
  return Array.from({ length: Math.floor(scale.high / step) - from + 1 }, (_, i) => (from + i) * step);
}

function axis(model: Model, scale: Scale): HTMLElement {
  const marks = ticks(scale);
  const step = (marks[1] ?? 1) - (marks[0] ?? 0);
  const decimals = Math.max(0, -Math.floor(Math.log10(Math.abs(step) || 1)));
  const place = (value: number, element: HTMLElement): HTMLElement => {
    element.style.left = `${100 * at(scale, value)}%`;
    return element;
  };
  return h(
    "div",
    { class: "axis", "aria-hidden": "true" },
    h("span", { class: "side left" }, "← worse"),
    h("span", { class: "side right" }, "better →"),
    ...marks.map((m) => place(m, h("span", { class: "tick" }, m === 0 ? "0" : signed(m * model.direction, decimals)))),
  );
}

interface Row {
  readonly element: HTMLElement;
  update(): void;
}

interface Bar {
  readonly element: HTMLElement;
  set(difference: number | null, interval: readonly [number, number] | null, words: string): void;
  ghost(interval: readonly [number, number] | null): void;
  margin(value: number | null): void;
}

function bar(scale: Scale): Bar {
  const zero = h("span", { class: "zero" });
  zero.style.left = `${100 * at(scale, 0)}%`;
  const line = h("span", { class: "line" });
  const dot = h("span", { class: "dot" });
  const ghost = h("span", { class: "ghost", hidden: true });
  const margin = h("span", { class: "margin", hidden: true });
  const element = h("div", { class: "plot", role: "img" }, zero, margin, ghost, line, dot);
  const span = (target: HTMLElement, interval: readonly [number, number]): void => {
    const from = Math.max(0, at(scale, interval[0]));
    const to = Math.min(1, at(scale, interval[1]));
    target.style.left = `${100 * from}%`;
    target.style.width = `${100 * Math.max(0, to - from)}%`;
  };
  return {
    element,
    set(difference, interval, words) {
      element.setAttribute("aria-label", words);
      line.hidden = interval === null;
      dot.hidden = difference === null;
      const side = interval === null ? "open" : interval[0] > 0 ? "better" : interval[1] < 0 ? "worse" : "open";
      element.dataset["side"] = side;
      if (interval !== null) {
        span(line, interval);
        line.classList.toggle("cut-left", at(scale, interval[0]) < 0);
        line.classList.toggle("cut-right", at(scale, interval[1]) > 1);
      }
      if (difference !== null) dot.style.left = `${100 * Math.min(1, Math.max(0, at(scale, difference)))}%`;
    },
    ghost(interval) {
      ghost.hidden = interval === null;
      if (interval !== null) span(ghost, interval);
    },
    margin(value) {
      const inside = value !== null && value > 0 && at(scale, -value) >= 0;
      margin.hidden = !inside;
      if (inside) margin.style.left = `${100 * at(scale, -value)}%`;
    },
  };
}

function intervalText(model: Model, interval: readonly [number, number] | null, decimals: number): string {
  if (interval === null) return "no interval";
  const [a, b] = model.direction === 1 ? interval : [-interval[1], -interval[0]];
  return `${signed(a, decimals)} to ${signed(b, decimals)}`;
}

function sliceRow(model: Model, view: SliceView, scale: Scale, open: (index: number) => void): Row {
  const { slice } = view;
  const { verdict } = model.evidence;
  const decimals = decimalsOf(view.interval, usualDecimals(verdict));
  const difference = signed(view.difference === null ? null : view.difference * model.direction, decimals);
  const drawn = bar(scale);
  const glyph = h("span", { class: "glyph", "aria-hidden": "true" });
  const name = h("button", { type: "button", class: "name", title: slice.name }, slice.name);
  const small = h("span", { class: "facts" });
  const blocks = h("span", { class: "pill" }, "blocks");
  const numbers = h("span", { class: "difference" }, difference);
  const range = h("span", { class: "range" }, intervalText(model, view.interval, decimals));
  const element = h(
    "li",
    { class: "row", click: () => open(view.index) },
    h("div", { class: "who" }, glyph, h("div", {}, h("span", { class: "title" }, name, blocks), small)),
    drawn.element,
    h("div", { class: "much" }, numbers, range),
  );
  const much = verdict.counts.groups === null ? counted(slice.rows, "row") : counted(slice.groups ?? 0, "list");
  const units = slice.units === slice.rows ? "" : ` · ${counted(slice.units, unitWord(verdict.counts.unit))}`;
  const update = (): void => {
    const outcome = model.outcome(view.index);
    const weight = model.settings.weights[view.index] ?? 0;
    const blocking = model.settings.blocking[view.index] === 1;
    element.dataset["outcome"] = outcome;
    element.classList.toggle("blocking", blocking);
    setText(glyph, outcomeGlyphs[outcome]);
    blocks.hidden = !blocking;
    setText(
      small,
      `weight ${number(weight, 2)} · ${much}${units}${outcome === "not-enough-data" && slice.units < model.evidence.gate.minUnits ? " · too few to judge" : ""}`,
    );
    const words = `${slice.name}: ${outcomeWords[outcome]}; difference ${difference}, interval ${intervalText(model, view.interval, decimals)}`;
    drawn.set(view.difference, view.interval, words);
    drawn.margin(blocking ? (model.settings.margins[view.index] ?? 0) : null);
  };
  update();
  return { element, update };
}

function scoreRow(model: Model, scale: Scale): Row {
  const { verdict } = model.evidence;
  const drawn = bar(scale);
  const values = h("span", { class: "facts" });
  const difference = h("span", { class: "difference" });
  const range = h("span", { class: "range" });
  const element = h(
    "li",
    { class: "row score" },
    h(
      "div",
      { class: "who" },
      h("span", { class: "glyph" }),
      h("div", {}, h("span", { class: "title" }, "Where it counts"), values),
    ),
    drawn.element,
    h("div", { class: "much" }, difference, range),
  );
  const update = (): void => {
    const score = model.whatIf?.score ?? verdict.score;
    const decimals = decimalsOf(score.interval);
    setText(values, `weighted score ${number(score.champion, decimals)} → ${number(score.challenger, decimals)}`);
    setText(difference, signed(score.difference === null ? null : score.difference * model.direction, decimals));
    setText(range, intervalText(model, score.interval, decimals));
    drawn.set(
      score.difference,
      score.interval,
      `weighted score: difference ${difference.textContent}, interval ${range.textContent}`,
    );
    drawn.ghost(model.whatIf === null ? null : verdict.score.interval);
  };
  update();
  return { element, update };
}

function overallRow(model: Model, scale: Scale): Row {
  const { verdict } = model.evidence;
  const overall = verdict.overall[verdict.metric] ?? null;
  const interval = overall?.interval ?? null;
  const turned: readonly [number, number] | null =
    interval === null || model.direction === 1 ? interval : [-interval[1], -interval[0]];
  const decimals = decimalsOf(interval);
  const difference = overall?.difference ?? null;
  const drawn = bar(scale);
  const text = intervalText(model, turned, decimals);
  drawn.set(
    difference === null ? null : difference * model.direction,
    turned,
    `on average: difference ${signed(difference, decimals)}, interval ${text}`,
  );
  const element = h(
    "li",
    { class: "row score" },
    h(
      "div",
      { class: "who" },
      h("span", { class: "glyph" }),
      h(
        "div",
        {},
        h("span", { class: "title" }, "On average"),
        h(
          "span",
          { class: "facts" },
          `all ${verdict.counts.groups === null ? "rows" : "lists"} ${number(overall?.champion, decimals)} → ${number(overall?.challenger, decimals)}`,
        ),
      ),
    ),
    drawn.element,
    h(
      "div",
      { class: "much" },
      h("span", { class: "difference" }, signed(difference, decimals)),
      h("span", { class: "range" }, text),
    ),
  );
  return { element, update: () => undefined };
}

function forestTable(model: Model, ordered: readonly SliceView[]): HTMLElement {
  const rows = ordered.map((v) => {
    const d = decimalsOf(v.interval);
    return [
      v.slice.name,
      outcomeWords[model.outcome(v.index)],
      signed(v.difference === null ? null : v.difference * model.direction, d),
      intervalText(model, v.interval, d),
    ];
  });
  return simpleTable("Difference per slice", ["slice", "outcome", "difference", "interval"], rows);
}

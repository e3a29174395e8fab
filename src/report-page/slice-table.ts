/** All slices with their numbers, sortable by any column. */
import { count, decimalsOf, number, percent, plural, signed, unitWord } from "../core/report/numbers.ts";
import { usualDecimals } from "../core/report/usual-decimals.ts";
import { outcomeGlyphs, outcomeWords } from "../core/report/words.ts";
import { h, section, setText } from "./dom.ts";
import type { Model, SliceView } from "./model.ts";

const FIRST = 50;

interface Column {
  readonly title: string;
  readonly numeric: boolean;
  key(view: SliceView): number | string;
  text(view: SliceView): string;
}

export function sliceTable(model: Model, open: (index: number) => void): HTMLElement {
  const columns = columnsOf(model);
  let sorted = { column: 0, down: false };
  let most = FIRST;
  const body = h("tbody");
  const more = h("button", {
    type: "button",
    class: "plain",
    click: () => ((most = Number.POSITIVE_INFINITY), fill()),
  });
  const heads = columns.map((column, c) =>
    h(
      "th",
      { scope: "col", class: column.numeric ? "number" : null },
      h("button", { type: "button", click: () => sort(c) }, column.title),
    ),
  );
  const sort = (c: number): void => {
    sorted = { column: c, down: sorted.column === c ? !sorted.down : (columns[c]?.numeric ?? false) };
    fill();
  };
  const cells = new Map<number, HTMLElement[]>();
  const fill = (): void => {
    const column = columns[sorted.column];
    if (column === undefined) return;
    heads.forEach((head, c) =>
      head.setAttribute("aria-sort", c !== sorted.column ? "none" : sorted.down ? "descending" : "ascending"),
    );
    const ordered = [...model.views].sort((a, b) => compare(column.key(a), column.key(b)) * (sorted.down ? -1 : 1));
    const shown = ordered.slice(0, most);
    cells.clear();
    body.replaceChildren(
      ...shown.map((view) => {
        const made = columns.map((col, c) =>
          c === 1
            ? h(
                "th",
                { scope: "row" },
                h("button", { type: "button", class: "name", click: () => open(view.index) }, view.slice.name),
              )
            : h("td", { class: col.numeric ? "number" : null }, col.text(view)),
        );
        cells.set(view.index, made);
        return h("tr", {}, ...made);
      }),
    );
    more.hidden = shown.length === ordered.length;
    setText(more, `Show all ${count(ordered.length)} slices`);
  };
  fill();
  model.listen(() => {
    for (const [index, made] of cells) {
      const view = model.views[index];
      if (view !== undefined) made.forEach((cell, c) => c !== 1 && setText(cell, columns[c]?.text(view) ?? ""));
    }
  });
  const head = h("tr", {}, ...heads);
  return section(
    "slices",
    "All slices",
    h(
      "div",
      { class: "scroll", tabindex: 0, role: "region", "aria-label": "Table of all slices" },
      h("table", { class: "slices" }, h("thead", {}, head), body),
    ),
    more,
  );
}

function compare(a: number | string, b: number | string): number {
  return typeof a === "number" && typeof b === "number"
    ? a - b
    : String(a).localeCompare(String(b), "en", { numeric: true });
}

const RANK = { fail: 0, "not-evaluated": 1, "not-enough-data": 2, pass: 3 } as const;
const last = Number.NEGATIVE_INFINITY;

function columnsOf(model: Model): Column[] {
  const { verdict } = model.evidence;
  const lists = verdict.counts.groups !== null;
  const d = (v: SliceView): number => decimalsOf(v.interval, usualDecimals(verdict));
  const raw = (v: SliceView): number | null => (v.difference === null ? null : v.difference * model.direction);
  const numeric = (
    title: string,
    key: (v: SliceView) => number | null | undefined,
    text: (v: SliceView) => string,
  ): Column => ({
    title,
    numeric: true,
    key: (v) => key(v) ?? last,
    text,
  });
  const unit = unitWord(verdict.counts.unit);
  const costs = verdict.slices.some((s) => s.cost !== null);
  return [
    {
      title: "outcome",
      numeric: false,
      key: (v) => RANK[model.outcome(v.index)],
      text: (v) => `${outcomeGlyphs[model.outcome(v.index)]} ${outcomeWords[model.outcome(v.index)]}`,
    },
    { title: "slice", numeric: false, key: (v) => v.slice.name, text: (v) => v.slice.name },
    numeric(
      "weight",
      (v) => model.settings.weights[v.index],
      (v) => number(model.settings.weights[v.index], 2),
    ),
    {
      title: "blocks",
      numeric: false,
      key: (v) => (model.settings.blocking[v.index] === 1 ? 0 : 1),
      text: (v) => (model.settings.blocking[v.index] === 1 ? "blocks" : ""),
    },
    lists
      ? numeric(
          "lists",
          (v) => v.slice.groups,
          (v) => count(v.slice.groups ?? 0),
        )
      : numeric(
          "rows",
          (v) => v.slice.rows,
          (v) => count(v.slice.rows),
        ),
    ...(verdict.slices.every((s) => s.units === s.rows)
      ? []
      : [
          numeric(
            plural(unit),
            (v) => v.slice.units,
            (v) => count(v.slice.units),
          ),
        ]),
    numeric(
      "share",
      (v) => v.slice.share,
      (v) => percent(v.slice.share),
    ),
    ...(verdict.counts.positives === null
      ? []
      : [
          numeric(
            "positives",
            (v) => v.slice.positives,
            (v) => count(v.slice.positives ?? 0),
          ),
        ]),
    numeric(
      verdict.champion,
      (v) => v.numbers?.champion,
      (v) => number(v.numbers?.champion, d(v)),
    ),
    numeric(
      verdict.challenger,
      (v) => v.numbers?.challenger,
      (v) => number(v.numbers?.challenger, d(v)),
    ),
    numeric("difference", raw, (v) => signed(raw(v), d(v))),
    numeric(
      "from",
      (v) => v.numbers?.interval?.[0],
      (v) => signed(v.numbers?.interval?.[0], d(v)),
    ),
    numeric(
      "to",
      (v) => v.numbers?.interval?.[1],
      (v) => signed(v.numbers?.interval?.[1], d(v)),
    ),
    ...(costs
      ? [
          numeric(
            "cost per 1,000",
            (v) => v.slice.cost?.difference,
            (v) => signed(v.slice.cost?.difference, decimalsOf(v.slice.cost?.interval ?? null)),
          ),
        ]
      : []),
  ];
}

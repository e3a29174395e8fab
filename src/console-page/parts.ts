/** The few parts that all views are made of. Text is only ever set as text. */
import { timeWords } from "../core/report/time-words.ts";
import { h } from "../report-page/dom.ts";

export { timeWords };

export type Child = Node | string | null | undefined | false;

/** A piece of a view: made again only when its data changed, so that focus and open details stay where they were. */
export interface Block {
  readonly key: string;
  readonly data: unknown;
  readonly make: () => Node;
}

export interface Shown {
  readonly title: string;
  readonly blocks: readonly Block[];
}

export const block = (key: string, data: unknown, make: () => Node): Block => ({ key, data, make });

const shown = new Map<string, { readonly text: string; readonly node: Element }>();

export function forgetBlocks(): void {
  shown.clear();
}

/** Puts the blocks into the element, in order, keeping those whose data are the same. */
export function showBlocks(main: Element, blocks: readonly Block[]): void {
  const nodes = blocks.map(({ key, data, make }) => {
    const text = JSON.stringify(data);
    const before = shown.get(key);
    if (before !== undefined && before.text === text) return before.node;
    const node = h("div", { "data-block": key }, make());
    if (before !== undefined) keepWhatWasOpen(before.node, node);
    shown.set(key, { text, node });
    return node;
  });
  const keys = new Set(blocks.map(({ key }) => key));
  for (const key of shown.keys()) if (!keys.has(key)) shown.delete(key);
  const focused = main.contains(document.activeElement) ? nameOf(document.activeElement) : null;
  if (nodes.length !== main.children.length || nodes.some((node, i) => main.children[i] !== node)) {
    main.replaceChildren(...nodes);
    if (focused !== null) focusAgain(main, focused);
  }
}

function keepWhatWasOpen(before: Element, after: Element): void {
  const open = [...before.querySelectorAll("details[open] > summary")].map((summary) => summary.textContent);
  for (const summary of after.querySelectorAll("details > summary")) {
    if (open.includes(summary.textContent)) summary.parentElement?.setAttribute("open", "");
  }
}

const nameOf = (element: Element | null): string =>
  element === null ? "" : `${element.tagName} ${element.id} ${element.textContent}`;

function focusAgain(main: Element, name: string): void {
  for (const element of main.querySelectorAll<HTMLElement>("a, button, summary, input, select, [tabindex]")) {
    if (nameOf(element) === name) return element.focus({ preventScroll: true });
  }
}

function ageWords(text: string): string {
  const minutes = Math.round((Date.now() - Date.parse(text)) / 60_000);
  if (minutes === 0) return "just now";
  const size = Math.abs(minutes);
  const span =
    size < 60 ? `${size} min` : size < 2880 ? `${Math.round(size / 60)} h` : `${Math.round(size / 1440)} days`;
  return minutes > 0 ? `${span} ago` : `in ${span}`;
}

/** A time with its age, which goes on by itself. */
export function time(text: string): HTMLElement {
  const age = h("span", { class: "age", "data-age": text }, ` (${ageWords(text)})`);
  return h("span", {}, h("time", { datetime: text }, timeWords(text)), age);
}

export function goOnAging(): void {
  setInterval(() => {
    for (const element of document.querySelectorAll<HTMLElement>("[data-age]"))
      element.textContent = ` (${ageWords(element.dataset["age"] ?? "")})`;
  }, 30_000);
}

export const link = (to: string, text: string): HTMLElement => h("a", { href: to }, text);

/** Places within the console. */
export const at = {
  model: (model: string): string => `#/model/${encodeURIComponent(model)}`,
  version: (model: string, version: string): string =>
    `#/version/${encodeURIComponent(model)}/${encodeURIComponent(version)}`,
  lineage: (node: string): string => `#/lineage/${encodeURIComponent(node)}`,
  audit: (kind: string, id: string): string => `#/audit/${encodeURIComponent(kind)}/${encodeURIComponent(id)}`,
};

export function section(title: string, ...children: Child[]): HTMLElement {
  return h("section", {}, h("h2", {}, title), ...children);
}

export function p(text: string | readonly Child[], kind: "" | "quiet" | "bad" = ""): HTMLElement {
  return h("p", { class: kind === "" ? null : kind }, ...(typeof text === "string" ? [text] : text));
}

/** A table that scrolls by itself, and on a phone stacks its cells under their heads; heads that begin with `#` are of numbers. */
export function table(name: string, heads: readonly string[], rows: readonly (readonly Child[])[]): HTMLElement {
  const number = heads.map((head) => head.startsWith("#"));
  const cell = (child: Child, i: number): HTMLElement =>
    i === 0
      ? h("th", { scope: "row" }, child)
      : h("td", { class: number[i] === true ? "number" : null, "data-head": heads[i]?.replace("#", "") ?? "" }, child);
  return h(
    "div",
    { class: "scroll", role: "region", "aria-label": name, tabindex: 0 },
    h(
      "table",
      { class: "stacks" },
      h("caption", { class: "hidden" }, name),
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          ...heads.map((head, i) =>
            h("th", { scope: "col", class: number[i] === true ? "number" : null }, head.replace("#", "")),
          ),
        ),
      ),
      h("tbody", {}, ...rows.map((row) => h("tr", {}, ...row.map(cell)))),
    ),
  );
}

export function facts(rows: readonly (readonly [string, Child])[]): HTMLElement {
  return h(
    "dl",
    { class: "facts" },
    ...rows
      .filter(([, value]) => value !== null && value !== undefined && value !== "")
      .map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))),
  );
}

export function folded(summary: string, ...children: Child[]): HTMLElement {
  return h("details", {}, h("summary", {}, summary), ...children);
}

export function button(text: string, act: () => void, kind: "" | "brake" = ""): HTMLElement {
  return h("button", { type: "button", class: kind === "" ? null : kind, click: act }, text);
}

export const percent = (share: number): string => `${Number((100 * share).toFixed(1))}%`;

export function number(value: number | null, digits = 4): string {
  if (value === null) return "–";
  const size = Math.abs(value);
  const text = size >= 1000 ? Math.round(value).toLocaleString("en-US") : String(Number(value.toPrecision(digits)));
  return text.replace("-", "−");
}

export const counted = (count: number, one: string): string =>
  `${count.toLocaleString("en-US")} ${one}${count === 1 ? "" : "s"}`;

const decisionMarks: Readonly<Record<string, string>> = {
  pass: "✓ pass",
  fail: "✗ fail",
  "not-enough-data": "· not enough data",
  "not-evaluated": "? not evaluated",
};

export const decisionWords = (decision: string): string => decisionMarks[decision] ?? decision;

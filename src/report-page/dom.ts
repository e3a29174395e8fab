/** Elements without a framework. Text is always set as text, so no name can become markup. */
type Child = Node | string | null | undefined | false;
type Properties = Readonly<Record<string, string | number | boolean | null | undefined | ((event: Event) => void)>>;

function build<E extends Element>(element: E, properties: Properties, children: readonly Child[]): E {
  for (const [key, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(key, value);
    else element.setAttribute(key, value === true ? "" : String(value));
  }
  for (const child of children) if (child !== null && child !== undefined && child !== false) element.append(child);
  return element;
}

export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Properties = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  return build(document.createElement(tag), properties, children);
}

export function svg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  properties: Properties = {},
  ...children: Child[]
): SVGElementTagNameMap[K] {
  return build(document.createElementNS("http://www.w3.org/2000/svg", tag), properties, children);
}

/** Sets text only where it differs: most numbers stay while a slider moves. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

export function section(id: string, title: string, ...children: Child[]): HTMLElement {
  return h("section", { id, "aria-labelledby": `${id}-title` }, h("h2", { id: `${id}-title` }, title), ...children);
}

export function simpleTable(
  caption: string,
  head: readonly string[],
  rows: readonly (readonly string[])[],
): HTMLElement {
  const numeric = head.map((_, c) => rows.length > 0 && rows.every((r) => /^[−+]?[\d,.]+%?$|^n\/a$/.test(r[c] ?? "")));
  const cell = (tag: "th" | "td", text: string, c: number): HTMLElement =>
    h(tag, { class: numeric[c] === true ? "number" : null, scope: tag === "th" ? "col" : null }, text);
  return h(
    "div",
    { class: "scroll", tabindex: 0, role: "region", "aria-label": caption },
    h(
      "table",
      {},
      h("caption", { class: "hidden" }, caption),
      h("thead", {}, h("tr", {}, ...head.map((t, c) => cell("th", t, c)))),
      h("tbody", {}, ...rows.map((r) => h("tr", {}, ...r.map((t, c) => cell("td", t, c))))),
    ),
  );
}

/** The table behind a picture, folded. */
export function behind(summary: string, make: () => HTMLElement): HTMLElement {
  const details = h("details", { class: "behind" }, h("summary", {}, summary));
  let made = false;
  details.addEventListener("toggle", () => {
    if (made) return;
    made = true;
    details.append(make());
  });
  return details;
}

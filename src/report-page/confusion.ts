import { count, percent } from "../core/report/numbers.ts";
import { h } from "./dom.ts";

export interface Confused {
  readonly name: string;
  /** [actual][said] */
  readonly counts: readonly (readonly number[])[];
}

/** What was true against what was said, with the share of each true class; the darker, the larger the share. */
export function confusionFigure(title: string, classes: readonly string[], models: readonly Confused[]): HTMLElement {
  const tables = models.map((model) => confusionTable(model, classes));
  const box = h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": title }, ...tables);
  return h("figure", {}, h("figcaption", {}, title), box);
}

function confusionTable({ name, counts }: Confused, classes: readonly string[]): HTMLElement {
  const rows = classes.map((actualName, actual) => {
    const row = counts[actual] ?? [];
    const all = row.reduce((a, b) => a + b, 0) || 1;
    const cells = row.map((n, said) => {
      const share = h("span", { class: "range" }, percent(n / all));
      const cell = h(
        "td",
        { class: `number ${said === actual ? "right" : "wrong"}` },
        h("strong", {}, count(n)),
        share,
      );
      cell.style.setProperty("--share", String(n / all));
      return cell;
    });
    return h("tr", {}, h("th", { scope: "row" }, actualName), ...cells);
  });
  const head = h("tr", {}, h("td", {}, "true ↓ said →"), ...classes.map((c) => h("th", { scope: "col" }, c)));
  return h("table", { class: "confusion" }, h("caption", {}, name), h("thead", {}, head), h("tbody", {}, ...rows));
}

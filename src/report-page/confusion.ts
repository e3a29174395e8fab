import { count, percent } from "../core/report/numbers.ts";
import { h } from "./dom.ts";

/** What was true against what was said, with the share of each true class; the darker, the larger the share. */
export function confusionTable(
  title: string,
  classes: readonly string[],
  counts: readonly (readonly number[])[],
): HTMLElement {
  const rows = classes.map((name, actual) => {
    const row = counts[actual] ?? [];
    const all = row.reduce((a, b) => a + b, 0) || 1;
    return h(
      "tr",
      {},
      h("th", { scope: "row" }, name),
      ...row.map((n, said) => {
        const cell = h(
          "td",
          { class: `number ${said === actual ? "right" : "wrong"}` },
          h("strong", {}, count(n)),
          h("span", { class: "range" }, percent(n / all)),
        );
        cell.style.setProperty("--share", String(n / all));
        return cell;
      }),
    );
  });
  return h(
    "figure",
    {},
    h("figcaption", {}, title),
    h(
      "div",
      { class: "scroll", tabindex: 0, role: "region", "aria-label": title },
      h(
        "table",
        { class: "confusion" },
        h("thead", {}, h("tr", {}, h("td", {}, "true ↓ said →"), ...classes.map((c) => h("th", { scope: "col" }, c)))),
        h("tbody", {}, ...rows),
      ),
    ),
  );
}

import axe from "axe-core";
import type { Page } from "playwright-core";

declare global {
  interface Window {
    readonly axe: typeof axe;
  }
}

const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** What axe-core finds wrong with the page as it stands, WCAG 2.2 AA and good practice: `rule: element`, each once. */
export async function accessibilityProblems(page: Page): Promise<string[]> {
  // Evaluated, not added as an element: the page's policy lets no other script in.
  await page.evaluate(axe.source);
  const found = await page.evaluate(
    async (tags) => (await window.axe.run(document, { runOnly: tags, resultTypes: ["violations"] })).violations,
    rules,
  );
  return found.flatMap(({ id, nodes }) =>
    nodes.slice(0, 5).map((node) => `${id}: ${node.html.slice(0, 120)} ${node.failureSummary?.slice(0, 300) ?? ""}`),
  );
}

/** How far the page is wider than its window, in pixels. */
export function sidewaysScroll(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

/** The names of what Tab reaches, in order, and whether the focus could be seen on each. */
export async function tabStops(page: Page, most = 80): Promise<{ name: string; seen: boolean }[]> {
  const stops: { name: string; seen: boolean }[] = [];
  await page.evaluate(() => {
    (document.activeElement as HTMLElement | null)?.blur();
    window.scrollTo(0, 0);
  });
  for (let i = 0; i < most; i++) {
    await page.keyboard.press("Tab");
    const stop = await page.evaluate(() => {
      const element = document.activeElement;
      if (element === null || element === document.body) return null;
      const style = getComputedStyle(element);
      const box = element.getBoundingClientRect();
      const name = element.getAttribute("aria-label") ?? element.textContent ?? "";
      const drawn = style.outlineStyle !== "none" && Number.parseFloat(style.outlineWidth) >= 2;
      const inWindow = box.bottom > 0 && box.top < window.innerHeight && box.right > 0 && box.left < window.innerWidth;
      return { name: name.trim(), seen: drawn && inWindow };
    });
    if (stop === null) break;
    stops.push(stop);
  }
  return stops;
}

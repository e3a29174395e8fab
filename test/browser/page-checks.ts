import type { Page } from "playwright-core";

/** Texts smaller than 12 px as drawn (a picture's scale counted), each once. */
export function smallTexts(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const small = new Set<string>();
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const element = node.parentElement;
      const text = node.textContent?.trim() ?? "";
      if (element === null || text === "" || !element.checkVisibility() || element.closest("script, .hidden") !== null)
        continue;
      const svg = element.closest("svg");
      const scale = svg === null ? 1 : svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
      if (Number.parseFloat(getComputedStyle(element).fontSize) * scale < 11.99) small.add(text.slice(0, 40));
    }
    return [...small];
  });
}

/** Texts whose contrast with what lies behind them is below WCAG's 4.5 to 1, with the ratio. */
export function faintTexts(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const rgb = (color: string): number[] => {
      if (canvas === null) return [0, 0, 0, 255];
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = color;
      canvas.fillRect(0, 0, 1, 1);
      return [...canvas.getImageData(0, 0, 1, 1).data];
    };
    const luminance = ([r = 0, g = 0, b = 0]: number[]): number => {
      const part = (v: number): number => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4);
      return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
    };
    const behind = (element: Element): number[] => {
      for (let e: Element | null = element; e !== null; e = e.parentElement) {
        const color = rgb(getComputedStyle(e).backgroundColor);
        if ((color[3] ?? 0) > 250) return color;
      }
      return rgb(getComputedStyle(document.body).backgroundColor);
    };
    const faint = new Set<string>();
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const element = node.parentElement;
      const text = node.textContent?.trim() ?? "";
      if (element === null || text === "" || !element.checkVisibility() || element.closest("script, .hidden") !== null)
        continue;
      const style = getComputedStyle(element);
      const ink = luminance(rgb(element.closest("svg") === null ? style.color : style.fill));
      const paper = luminance(behind(element));
      const ratio = (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
      if (ratio < 4.5) faint.add(`${text.slice(0, 40)} ${ratio.toFixed(2)}`);
    }
    return [...faint];
  });
}

/** Controls that a screen reader could not name. */
export function namelessControls(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll("button, input, a, summary, [role=img], [role=region]")]
      .filter((e) => {
        const labels = e instanceof HTMLInputElement ? [...(e.labels ?? [])].map((l) => l.textContent) : [];
        return [e.getAttribute("aria-label"), e.textContent, ...labels].every((t) => (t ?? "").trim() === "");
      })
      .map((e) => e.outerHTML.slice(0, 80)),
  );
}

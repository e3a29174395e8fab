import { flipInput } from "../core/report/decision-input.ts";
import { type Flip, type FlipSearch, flipSteps } from "../core/report/flip.ts";
import { changeInWords, flipInWords } from "../core/report/flip-words.ts";
import { h } from "./dom.ts";
import type { Model } from "./model.ts";

/** The smallest change that turns the verdict over; searched when the page is idle, in steps. */
export function flipBox(model: Model, take: (flip: Flip) => void): HTMLElement {
  const box = h("div", { class: "flip" });
  let run = 0;
  const show = (search: FlipSearch | null): void => {
    const flip = search?.flip ?? search?.nearest ?? null;
    const lines = search === null ? ["looking for it …"] : flipInWords(search);
    const button =
      flip === null
        ? null
        : h("button", { type: "button", class: "plain", click: () => take(flip) }, `Try it: ${changeInWords(flip)}`);
    box.replaceChildren(
      h("h3", {}, "Smallest change that flips it"),
      ...lines.map((l) => h("p", {}, sentenceCase(l))),
      ...(button === null ? [] : [button]),
    );
  };
  const search = (): void => {
    const mine = ++run;
    show(null);
    setTimeout(() => {
      if (mine !== run) return;
      const steps = flipSteps(flipInput(model.evidence, model.prepared(), model.settings));
      const work = (): void => {
        if (mine !== run) return;
        const until = performance.now() + 8;
        for (;;) {
          const step = steps.next();
          if (step.done === true) return show(step.value);
          if (performance.now() > until) break;
        }
        setTimeout(work, 4);
      };
      work();
    }, 250);
  };
  search();
  model.listen(search);
  return box;
}

function sentenceCase(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** How the two models answer, pictured by task: the classic curves, each with its table. */
import { binaryPictures } from "./binary-pictures.ts";
import { h, section } from "./dom.ts";
import type { Model } from "./model.ts";
import { multiclassPictures } from "./multiclass-pictures.ts";
import { rankingPictures } from "./ranking-pictures.ts";
import { regressionPictures } from "./regression-pictures.ts";

export function pictures(model: Model): HTMLElement | null {
  const figures = figuresOf(model);
  return figures.length === 0
    ? null
    : section("pictures", "How the models answer", h("div", { class: "figures" }, ...figures));
}

function figuresOf(model: Model): HTMLElement[] {
  const { curves } = model.evidence;
  switch (curves?.kind) {
    case "binary":
      return binaryPictures(curves);
    case "multiclass":
      return multiclassPictures(curves);
    case "regression":
      return regressionPictures(curves);
    case "ranking":
      return rankingPictures(curves, model);
    case undefined:
      return [];
  }
}

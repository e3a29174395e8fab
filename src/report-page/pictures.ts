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

/** Champion and challenger: two lines can be told apart, a line for each baseline beside them could not. */
const pair = <M>(models: readonly M[]): readonly M[] => models.slice(0, 2);

function figuresOf(model: Model): HTMLElement[] {
  const { curves } = model.evidence;
  switch (curves?.kind) {
    case "binary":
      return binaryPictures({ ...curves, models: pair(curves.models) });
    case "multiclass":
      return multiclassPictures({ ...curves, models: pair(curves.models) });
    case "regression":
      return regressionPictures({ ...curves, models: pair(curves.models) });
    case "ranking":
      return rankingPictures({ ...curves, models: pair(curves.models) }, model);
    case undefined:
      return [];
  }
}

import { h } from "../report-page/dom.ts";
import { p, percent, table, time } from "./parts.ts";
import type { ModelStatus } from "./types.ts";

/** Who answers, in one sentence. */
export function liveSentence(model: ModelStatus): HTMLElement {
  if (model.champion === null)
    return h("p", {}, "Nothing is live. ", h("code", {}, `umpire models alias ${model.name} champion VERSION`));
  const split = model.cohorts.some(({ arms }) => arms.length > 0);
  const who = split ? "answers whoever is in no cohort below" : "answers everyone";
  return p(
    model.since === null
      ? `Version ${model.champion} ${who}.`
      : [`Version ${model.champion} ${who}, since `, time(model.since), "."],
  );
}

/** Cohorts with arms of their own: what is live where, at which share. */
export function liveTable(model: ModelStatus): HTMLElement | null {
  const rows = model.cohorts
    .filter(({ arms }) => arms.length > 0)
    .map(({ name, arms }) => {
      const left = 1 - arms.reduce((sum, { share }) => sum + share, 0);
      const all = left > 1e-9 && model.champion !== null ? [...arms, { version: model.champion, share: left }] : arms;
      return [name, all.map(({ version, share }) => `version ${version}: ${percent(share)}`).join(", ")];
    });
  return rows.length === 0 ? null : table(`Cohorts of ${model.name}`, ["cohort", "who answers"], rows);
}

/** The answer in one sentence, the three numbers behind it, and the bar that stays in sight while something is tried. */
import { decimalsOf, number, signed } from "../core/report/numbers.ts";
import { countsInWords } from "../core/report/terminal.ts";
import {
  disagreement,
  firstSentence,
  listed,
  outcomeGlyphs,
  outcomeWords,
  versus,
  wordsFacts,
} from "../core/report/words.ts";
import { h, setText } from "./dom.ts";
import type { Model } from "./model.ts";

export function header(model: Model, open: (index: number) => void): HTMLElement {
  const { verdict } = model.evidence;
  const facts = wordsFacts(verdict);
  const told = disagreement(facts);
  const less = model.direction === -1 ? "less is better" : "more is better";
  return h(
    "header",
    { class: "top" },
    h(
      "p",
      { class: "kicker" },
      h(
        "strong",
        { class: "badge", "data-outcome": verdict.decision },
        `${outcomeGlyphs[verdict.decision]} ${outcomeWords[verdict.decision]}`,
      ),
      ` ${verdict.model} · ${versus(verdict)}`,
    ),
    h("h1", {}, firstSentence(facts)),
    told === null ? null : h("p", { class: "told" }, told),
    tiles(model, open),
    h("p", { class: "note" }, `Judged by ${verdict.metric} (${less}) on ${countsInWords(verdict.counts)}.`),
  );
}

function tile(title: string, value: string, text: string, outcome?: string): HTMLElement {
  return h(
    "div",
    { class: "tile", "data-outcome": outcome ?? null },
    h("span", { class: "what" }, title),
    h("strong", {}, value),
    h("span", { class: "range" }, text),
  );
}

function tiles(model: Model, open: (index: number) => void): HTMLElement {
  const { verdict } = model.evidence;
  const { score } = verdict;
  const overall = verdict.overall[verdict.metric] ?? null;
  const d = decimalsOf(score.interval);
  const facts = wordsFacts(verdict);
  const words = {
    pass: "shown to hold",
    fail: "does not hold",
    "not-enough-data": "not proven",
    "not-evaluated": "not evaluated",
  }[facts.scoreOutcome];
  const sides =
    score.interval === null
      ? ""
      : ` (${(model.direction === 1 ? score.interval : [-score.interval[1], -score.interval[0]]).map((v) => signed(v, d)).join(" to ")})`;
  const od = decimalsOf(overall?.interval ?? null);
  const blocking = verdict.slices.flatMap((s, i) => (s.blocking ? [{ s, i }] : []));
  const worst = blocking.filter(({ s }) => s.outcome !== "pass");
  const beaten = verdict.baselines.filter((b) => b.outcome === "pass").length;
  const first = worst[0];
  const names = listed((worst.length > 0 ? worst : blocking).map(({ s }) => s.name));
  const outcome = first?.s.outcome ?? (blocking.length > 0 ? "pass" : undefined);
  const holding = blockingInWords(
    blocking.length,
    worst.map(({ s }) => s.outcome),
  );
  const blockTile = tile(
    blocking.length === 1 ? "The slice that blocks" : "Slices that block",
    holding,
    names,
    outcome,
  );
  if (first !== undefined)
    blockTile.append(h("button", { type: "button", class: "plain", click: () => open(first.i) }, "See its numbers"));
  return h(
    "div",
    { class: "tiles" },
    tile(
      "Where it counts",
      `${signed(score.difference === null ? null : score.difference * model.direction, d)}`,
      `${words}${sides}`,
      facts.scoreOutcome,
    ),
    tile(
      "On average",
      signed(overall?.difference, od),
      `${number(overall?.champion, od)} → ${number(overall?.challenger, od)}`,
    ),
    blockTile,
    verdict.baselines.length === 0
      ? null
      : tile(
          "Simple answers beaten",
          `${beaten} of ${verdict.baselines.length}`,
          listed(
            verdict.baselines.map((b) => b.name),
            3,
          ),
          beaten === verdict.baselines.length ? "pass" : "fail",
        ),
  );
}

/** `holds`, `1 of 3 fails`, `2 of 3 not clear`. */
function blockingInWords(blocking: number, notPassing: readonly string[]): string {
  if (blocking === 0) return "none";
  if (notPassing.length === 0) return blocking === 1 ? "holds" : `all ${blocking} hold`;
  const failing = notPassing.filter((o) => o === "fail").length;
  const many = failing > 0 ? failing : notPassing.length;
  const word = failing > 1 ? "fail" : failing === 1 ? "fails" : "not clear";
  return blocking === 1 ? word : `${many} of ${blocking} ${word}`;
}

/** Stays at the top of the window while the page shows something that was not issued. */
export function triedBar(model: Model): HTMLElement {
  const badge = h("strong", { class: "badge" });
  const sentence = h("span", {});
  const link = h("a", { href: "#what-if" }, "to the sliders");
  const bar = h(
    "div",
    { class: "bar", hidden: true },
    h("span", { class: "mark" }, "what-if, not issued"),
    badge,
    sentence,
    link,
  );
  model.listen(() => {
    const facts = model.facts();
    bar.hidden = model.whatIf === null;
    badge.dataset["outcome"] = facts.decision;
    setText(badge, `${outcomeGlyphs[facts.decision]} ${outcomeWords[facts.decision]}`);
    setText(sentence, firstSentence(facts));
  });
  return bar;
}

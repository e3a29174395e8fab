/** How the verdict was reached: gates, baselines, power, notes, and where every number comes from. Folded. */
import { counted, decimalsOf, number, percent, signed } from "../core/report/numbers.ts";
import { countsInWords } from "../core/report/terminal.ts";
import { outcomeGlyphs, outcomeWords } from "../core/report/words.ts";
import { h, section, simpleTable } from "./dom.ts";
import type { Model } from "./model.ts";

export function gates(model: Model): HTMLElement {
  const { verdict } = model.evidence;
  const rows = verdict.gates.map((g) => [g.name, `${outcomeGlyphs[g.outcome]} ${outcomeWords[g.outcome]}`, g.reason]);
  const needed = verdict.needed.map((n) => h("p", {}, `To decide ${n.gate}: ${n.reason}.`));
  const turned = model.direction === -1 ? " Numbers here are turned so that more is better." : "";
  const warnings = verdict.notes.filter((n) => n.severity !== "info");
  return section(
    "gates",
    "What decided",
    h("p", { class: "note" }, `Every gate must pass. One that fails gives fail.${turned}`),
    simpleTable("Gates", ["gate", "outcome", "why"], rows),
    ...needed,
    ...(verdict.power.pass === null ? [] : [h("p", {}, sentence(powerInWords(verdict)))]),
    ...warnings.map((n) =>
      h(
        "p",
        { class: "warning" },
        h("strong", {}, n.severity === "error" ? "Error: " : "Warning: "),
        `${n.message}.`,
        ...(n.mend ?? []).map((m) => h("code", {}, m)),
      ),
    ),
  );
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1).replace(/\.$/, "")}.`;

function powerInWords({ power }: Model["evidence"]["verdict"]): string {
  if (power.pass === null) return power.reason ?? "not worked out";
  const decimals = power.expected === null ? 3 : decimalsOf([0, 2 * Math.abs(power.expected)]);
  const whence = power.source === "observed" ? "as observed" : "as the policy expects";
  const equal = power.falsePass === null ? "" : `; one that were equal, ${percent(power.falsePass)}`;
  const from = power.detectable === null ? "" : `; from ${signed(power.detectable, decimals)} on, 80%`;
  return `a challenger better by ${signed(power.expected, decimals)} everywhere (${whence}) would pass this policy ${percent(power.pass)} of the time${equal}${from}`;
}

export function baselines(model: Model): HTMLElement | null {
  const { verdict } = model.evidence;
  if (verdict.baselines.length === 0) return null;
  const rows = verdict.baselines.map((b) => {
    const d = decimalsOf(b.score.interval);
    const range =
      b.score.interval === null ? "n/a" : `${signed(b.score.interval[0], d)} to ${signed(b.score.interval[1], d)}`;
    return [
      b.name,
      `${outcomeGlyphs[b.outcome]} ${outcomeWords[b.outcome]}`,
      number(b.score.champion, d),
      number(b.score.challenger, d),
      signed(b.score.difference, d),
      range,
    ];
  });
  return section(
    "baselines",
    "Against simple answers",
    simpleTable(
      "Baselines, on the weighted score",
      ["baseline", "outcome", "its score", verdict.challenger, "better by", "interval"],
      rows,
    ),
  );
}

export function provenance(model: Model): HTMLElement {
  const { verdict, gate } = model.evidence;
  const { fingerprints: prints } = verdict;
  const fact = (term: string, text: string): HTMLElement => h("div", {}, h("dt", {}, term), h("dd", {}, text));
  return h(
    "details",
    { class: "provenance" },
    h("summary", {}, "How this was computed"),
    h(
      "dl",
      { class: "facts-list" },
      fact("on", countsInWords(verdict.counts)),
      fact(
        "unit",
        `${verdict.counts.unit}: what comes back; intervals are taken over it, both models on the same rows`,
      ),
      fact("interval", `${percent(gate.confidence)}, two-sided; ${verdict.score.method}`),
      fact("seed", String(verdict.seed)),
      fact(
        "score",
        `weighted mean over slices; weight ${number(verdict.score.weight.evaluated, 2)} evaluated, ${number(verdict.score.weight.excluded, 2)} left out; weighted sums ${number(verdict.score.sums.champion, 3)} and ${number(verdict.score.sums.challenger, 3)}. Slices overlap.`,
      ),
      fact(
        "gate",
        `${gate.score === "better" ? "the score must be better" : "the score must not be worse"}, margin ${number(gate.margin, 3)}; baselines ${gate.baselines}; at least ${counted(gate.minUnits, "unit")} per slice`,
      ),
      fact("power", powerInWords(verdict)),
      fact("data", prints.data),
      fact("policy", prints.policy),
      ...Object.entries(prints.models).map(([name, print]) => fact(`model ${name}`, print)),
      fact("product", prints.product),
      ...verdict.notes.map((n) => fact(n.severity, [n.message, ...(n.mend ?? [])].join(" · "))),
    ),
    metrics(model),
  );
}

function metrics(model: Model): HTMLElement {
  const { verdict } = model.evidence;
  const rows = Object.entries(verdict.overall).map(([name, p]) => {
    const d = decimalsOf(p.interval);
    const range =
      p.interval === null ? (p.reason ?? "n/a") : `${signed(p.interval[0], d)} to ${signed(p.interval[1], d)}`;
    return [
      `${name}${p.direction === -1 ? " (less is better)" : ""}`,
      number(p.champion, d),
      number(p.challenger, d),
      signed(p.difference, d),
      range,
      p.method,
    ];
  });
  return h(
    "div",
    {},
    h("h3", {}, "All metrics over everything"),
    simpleTable(
      "All metrics",
      ["metric", verdict.champion, verdict.challenger, "difference", "interval", "method"],
      rows,
    ),
  );
}

import type { AnswerCuts } from "../../app/ports/rollout-evidence.ts";
import { AROUND_MILLISECONDS, type Guardrail, type Loss } from "../../core/rollout/release-policy.ts";
import { quoted } from "./event-tables.ts";

/** A measure of an answer: y over x, as SQL on `arms a`. */
export interface Measure {
  readonly name: string;
  /** The guardrail's own; what its labels reach; the answers on one side of a cut. */
  readonly role: "own" | "reached" | "cut";
  readonly x: string;
  readonly y: string;
}

/** What is known of an answer when it is logged, and so never changes. */
export function answerMeasures(guardrails: readonly Guardrail[], cuts: AnswerCuts | null): Measure[] {
  const own = guardrails.flatMap(({ name, measure }): Measure[] => {
    switch (measure) {
      case "errors":
        return [{ name, role: "own", x: "1", y: "failed" }];
      case "fallback":
        return [{ name, role: "own", x: "1", y: "fell" }];
      case "latency":
        return [{ name, role: "own", x: "1", y: `ln(greatest(milliseconds, 0) + ${AROUND_MILLISECONDS})` }];
      default:
        return [];
    }
  });
  return cuts === null ? own : [...own, ...cutMeasures(cuts)];
}

function cutMeasures(cuts: AnswerCuts): Measure[] {
  const conditions =
    cuts.kind === "number"
      ? cuts.at.map((cut) => `a.number <= ${cut}`)
      : cuts.values.map((value) => `a.answer = ${quoted(value)}`);
  return conditions.map((condition, i) => ({
    name: String(i),
    role: "cut",
    x: "(form is not null)::int",
    y: `coalesce((${condition})::int, 0)`,
  }));
}

/**
 * What labels say, and so changes as they come; the labels of the guardrail at place g are `kg`.
 * @param due SQL of the answers that are old enough for a guardrail's labels, in the guardrails' order; null: none are
 */
export function labelMeasures(guardrails: readonly Guardrail[], due: readonly (string | null)[]): Measure[] {
  return guardrails.flatMap((guardrail, g): Measure[] => {
    const { name } = guardrail;
    const old = `(${due[g] ?? "false"})::int`;
    if (guardrail.measure === "label") {
      // An answer that is so old without a label has none.
      return [{ name, role: "own", x: old, y: `case when ${old} = 1 then coalesce(k${g}.number, 0) else 0 end` }];
    }
    if (guardrail.measure !== "quality") return [];
    const loss = lossOf(guardrail.loss ?? "absolute", g);
    const told = `(${old} = 1 and ${loss} is not null)`;
    return [
      { name, role: "own", x: `${told}::int`, y: `case when ${told} then ${loss} else 0 end` },
      { name, role: "reached", x: old, y: `(${old} = 1 and k${g}.text is not null)::int` },
    ];
  });
}

function lossOf(loss: Loss, g: number): string {
  const label = `k${g}.number`;
  // A text is a class, also one that is written as a number.
  const isClass = "form = 'VARCHAR'";
  const inside = "greatest(least(a.number, 1 - 1e-15), 1e-15)";
  switch (loss) {
    case "absolute":
      return `abs(a.number - ${label})`;
    case "squared":
      return `power(a.number - ${label}, 2)`;
    case "log":
      return `-(${label} * ln(${inside}) + (1 - ${label}) * ln(1 - ${inside}))`;
    case "place":
      return `case when ${label} > 0 then 1 - 1 / log2(a.place + 2) end`;
    case "zero-one":
      return `case when k${g}.text is null then null
        when not ${isClass} and a.number is not null and ${label} is not null then ((a.number >= 0.5) <> (${label} >= 0.5))::int
        else (answer <> k${g}.text)::int end`;
  }
}

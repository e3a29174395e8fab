import type { AnswerCuts } from "../../app/ports/rollout-evidence.ts";
import { AROUND_MILLISECONDS, type Guardrail, type Loss } from "../../core/rollout/release-policy.ts";
import { quoted } from "./event-tables.ts";

/** A measure of a prediction: y over x, as SQL on `arms a`. */
export interface Measure {
  readonly name: string;
  /** The guardrail's own; what its labels reach; the answers on one side of a cut. */
  readonly role: "own" | "reached" | "cut";
  readonly x: string;
  readonly y: string;
}

/** @param due SQL of the answers that are old enough for a guardrail's labels, in the guardrails' order; null: none are */
export function measuresOf(
  guardrails: readonly Guardrail[],
  cuts: AnswerCuts | null,
  due: readonly (string | null)[],
): Measure[] {
  const answer = `json_extract_string(prediction, '$')`;
  const number = `try_cast(${answer} as double)`;
  const named = guardrails.flatMap((guardrail, g): Measure[] => {
    const { name } = guardrail;
    const old = `(${due[g] ?? "false"})::int`;
    switch (guardrail.measure) {
      case "errors":
        return [{ name, role: "own", x: "1", y: "failed" }];
      case "fallback":
        return [{ name, role: "own", x: "1", y: "fell::int" }];
      case "latency":
        return [{ name, role: "own", x: "1", y: `ln(greatest(milliseconds, 0) + ${AROUND_MILLISECONDS})` }];
      case "label":
        // An answer that is so old without a label has none.
        return [{ name, role: "own", x: old, y: `case when ${old} = 1 then coalesce(k${g}.number, 0) else 0 end` }];
      case "quality": {
        const loss = lossOf(guardrail.loss ?? "absolute", number, answer, g);
        const told = `(${old} = 1 and ${loss} is not null)`;
        return [
          { name, role: "own", x: `${told}::int`, y: `case when ${told} then ${loss} else 0 end` },
          { name, role: "reached", x: old, y: `(${old} = 1 and k${g}.text is not null)::int` },
        ];
      }
      case "answers":
        return [];
    }
  });
  if (cuts === null) return named;
  const conditions =
    cuts.kind === "number"
      ? cuts.at.map((cut) => `${number} <= ${cut}`)
      : cuts.values.map((value) => `${answer} = ${quoted(value)}`);
  const answered = "(prediction is not null)::int";
  return [
    ...named,
    ...conditions.map((condition, i) => ({
      name: String(i),
      role: "cut" as const,
      x: answered,
      y: `coalesce((${condition})::int, 0)`,
    })),
  ];
}

function lossOf(loss: Loss, number: string, text: string, g: number): string {
  const label = `k${g}.number`;
  // A text is a class, also one that is written as a number.
  const isClass = "json_type(prediction) = 'VARCHAR'";
  const inside = `greatest(least(${number}, 1 - 1e-15), 1e-15)`;
  switch (loss) {
    case "absolute":
      return `abs(${number} - ${label})`;
    case "squared":
      return `power(${number} - ${label}, 2)`;
    case "log":
      return `-(${label} * ln(${inside}) + (1 - ${label}) * ln(1 - ${inside}))`;
    case "zero-one":
      return `case when k${g}.text is null then null
        when not ${isClass} and ${number} is not null and ${label} is not null then ((${number} >= 0.5) <> (${label} >= 0.5))::int
        else (${text} <> k${g}.text)::int end`;
  }
}

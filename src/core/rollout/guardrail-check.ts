import type { Guardrail } from "./release-policy.ts";

/** What one guardrail says of a step. Harm: positive means that the challenger is worse. */
export interface GuardrailCheck {
  readonly name: string;
  /** clear: harm is shown to be within the margin. breach: shown to be beyond it. unsure: neither. none: not compared. */
  readonly outcome: "clear" | "breach" | "unsure" | "waiting" | "none";
  readonly control: number | null;
  readonly treatment: number | null;
  readonly harm: number | null;
  /** Bounds of the harm that hold at every look: the upper one decides on clear, the lower one on breach. */
  readonly low: number | null;
  readonly high: number | null;
  readonly margin: number;
  readonly units: number;
  readonly method: string;
  readonly reason: string;
}

/** A guardrail's numbers before the outcome is read from them. */
export interface Measured {
  readonly control: number | null;
  readonly treatment: number | null;
  readonly harm: number | null;
  readonly low: number;
  readonly high: number;
  readonly units: number;
  readonly method: string;
  readonly notReady: string | null;
}

/** The outcome, and the reason for people. */
export function judged(guardrail: Guardrail, measured: Measured): GuardrailCheck {
  const { low, high, notReady } = measured;
  const margin = marginOf(guardrail);
  const outcome = low > margin ? "breach" : high <= margin ? "clear" : Number.isFinite(high) ? "unsure" : "waiting";
  // The log scale is for computing; people read percent.
  const words = guardrail.measure === "latency" ? percentOfLog : figure;
  const found =
    outcome === "waiting"
      ? (notReady ?? "too little to say anything")
      : `${harmText(guardrail, outcome, { low, high }, words)}, ${words(margin)} is tolerated${adviceOf(guardrail, outcome, { low, high })}`;
  const { notReady: _, ...rest } = measured;
  return {
    ...rest,
    name: guardrail.name,
    outcome,
    low: Number.isFinite(low) ? low : null,
    high: Number.isFinite(high) ? high : null,
    margin,
    reason: `${guardrail.name}: ${found}`,
  };
}

/** Bounds this near to each other, in margins, lie about the margin itself: units by the thousand move them no more. */
const NARROW = 0.5;

/** What a person may do where numbers alone do not go on: models may differ by design. */
function adviceOf(
  guardrail: Guardrail,
  outcome: "breach" | "clear" | "unsure",
  { low, high }: Pick<Measured, "low" | "high">,
): string {
  const margin = marginOf(guardrail);
  const policy = `a larger margin of ${guardrail.name} under release.guardrails, in the next release`;
  if (outcome === "unsure" && high - low < NARROW * margin) {
    return ` (it lies at the margin itself: more units will hardly decide it; a person may, by umpire release advance, or ${policy})`;
  }
  const byDesign = guardrail.measure === "answers" && outcome === "breach";
  return byDesign ? ` (if the models differ by design: ${policy})` : "";
}

/** The bound that decides, or both, in words that also hold where the challenger is better. */
function harmText(
  { measure }: Guardrail,
  outcome: "breach" | "clear" | "unsure",
  { low, high }: Pick<Measured, "low" | "high">,
  words: (value: number) => string,
): string {
  // A distance between answers is no better and no worse: it only says that they are others.
  if (measure === "answers") {
    if (outcome === "breach") return `they differ by at least ${words(low)}`;
    return outcome === "clear"
      ? `they differ by at most ${words(high)}`
      : `they differ by ${words(low)} to ${words(high)}`;
  }
  if (outcome === "breach") return `worse by at least ${words(low)}`;
  if (outcome === "unsure") {
    return low < 0
      ? `from ${gain(measure, low)} better to ${words(high)} worse`
      : `worse by ${words(low)} to ${words(high)}`;
  }
  return high < 0 ? `better by at least ${gain(measure, high)}` : `worse by at most ${words(high)}`;
}

/** Nothing can be said yet, for a reason. */
export function nothing(guardrail: Guardrail, reason: string): GuardrailCheck {
  return {
    name: guardrail.name,
    outcome: "waiting",
    control: null,
    treatment: null,
    harm: null,
    low: null,
    high: null,
    margin: marginOf(guardrail),
    units: 0,
    method: "",
    reason: `${guardrail.name}: ${reason}`,
  };
}

/** A harm below zero as the gain that it is; of a time on the log scale, the part that is saved. */
function gain(measure: Guardrail["measure"], harm: number): string {
  return measure === "latency" ? `${Number((-100 * Math.expm1(harm)).toPrecision(3))}%` : figure(-harm);
}

/** Latency is compared on the log scale, where a relative difference is a difference. */
function marginOf(guardrail: Guardrail): number {
  return guardrail.measure === "latency" ? Math.log1p(guardrail.margin) : guardrail.margin;
}

function percentOfLog(value: number): string {
  return Number.isFinite(value) ? `${Number((100 * Math.expm1(value)).toPrecision(3))}%` : "anything";
}

export function figure(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(3))) : "anything";
}

/** A time in the largest unit that leaves it above one. */
export function spanText(milliseconds: number): string {
  const units = [
    ["d", 86_400_000],
    ["h", 3_600_000],
    ["min", 60_000],
  ] as const;
  const [name, size] = units.find(([, each]) => milliseconds >= each) ?? ["s", 1000];
  return `${Number((milliseconds / size).toPrecision(2))} ${name}`;
}

/** The `release` section of a policy as the rest of the product sees it: defaults filled in, times in milliseconds. */
export interface ReleasePolicy {
  /** `stages`: cohort by cohort. `blue-green`: everyone at once, the old version warm. `ab`: shares that a person ends. */
  readonly form: ReleaseForm;
  /** Null: no shadow before the first stage. */
  readonly shadow: ShadowRules | null;
  /** Null: Umpire proposes them from the verdict. */
  readonly stages: readonly StageRules[] | null;
  /** What a stage does where it says nothing itself. */
  readonly usual: Omit<StageRules, "cohort">;
  readonly guardrails: readonly Guardrail[];
  /** Chance that a rollout of an equal challenger is ever called harmful, all looks, guardrails and steps together. */
  readonly alarm: number;
  /** Chance that units that were split as planned are ever called mismatched. */
  readonly mismatch: number;
  /** Whoever registered the challenger or started the release may not open anything of it. */
  readonly secondPerson: boolean;
  /** What a guardrail that fires does. */
  readonly breach: BreachAction;
  /** A share that always goes to a simpler version, so that the champion has something to beat. */
  readonly standing: { readonly version: string; readonly share: number } | null;
  /** Share of requests that the replaced champion goes on seeing, so that going back has a forecast. */
  readonly reverseShadow: number;
  /** How long everyone is watched before the rollout counts as done. */
  readonly settleMilliseconds: number;
}

export type ReleaseForm = "stages" | "blue-green" | "ab";

export type BreachAction = "roll-back" | "roll-back-cohort" | "ask";

export interface ShadowRules {
  /** Share of requests that are copied. */
  readonly sample: number;
  readonly leastUnits: number;
  readonly leastMilliseconds: number;
  readonly mostMilliseconds: number;
}

export interface StageRules {
  /** Name of a routable slice, or `everyone`. */
  readonly cohort: string;
  /** Shares of the cohort that get the challenger, one step after the other, rising. */
  readonly shares: readonly number[];
  /** Of each step: fewest units in the smaller arm, least and most time. */
  readonly leastUnits: number;
  readonly leastMilliseconds: number;
  readonly mostMilliseconds: number;
  /** `automatic`: goes on by itself when all is clear. `ask`: a person says so. */
  readonly advance: "automatic" | "ask";
  /** Who may approve; empty: whoever has the role. */
  readonly approve: readonly string[];
}

/** What must not become worse. Harm is oriented: positive means that the challenger is worse. */
export interface Guardrail {
  /** `errors`, `latency`, `fallback`, `answers`, `quality`, or the name of a label. */
  readonly name: string;
  readonly measure: Measure;
  /** `label`, `quality`: which label. */
  readonly label: string | null;
  /** `quality`: how far a prediction is from its label. */
  readonly loss: Loss | null;
  /**
   * `label`, `quality`: labels that come within so many milliseconds count, for answers that are so old; null: as long as
   * labels are seen to take. Absent in plans that were made before it was asked.
   */
  readonly within?: number | null;
  /** +1 where more is better. */
  readonly direction: 1 | -1;
  /**
   * Harm that is tolerated. Errors, fallbacks, labels: a difference of rates. Latency: a relative difference of the
   * typical time, with `AROUND_MILLISECONDS` added to both. Answers: the largest distance between the two distributions. Quality: a difference of mean losses.
   */
  readonly margin: number;
  /** A rate above which the challenger is stopped whatever the champion does; null: none. For errors and fallbacks. */
  readonly most: number | null;
}

export type Measure = "errors" | "latency" | "fallback" | "answers" | "label" | "quality";

/** `place`: of a list, how far down its hits stand: 1 less the discount of DCG, so 0 for the first place (Järvelin, Kekäläinen 2002). */
export type Loss = "absolute" | "squared" | "log" | "zero-one" | "place";

/**
 * Latency is compared with so much around it: whoever waits for a prediction waits for the network and its own work too,
 * so 2 ms instead of 0.5 are not four times as long.
 */
export const AROUND_MILLISECONDS = 10;

/** The cohort that means whoever is left: the last stage of every rollout that goes to all. */
export const EVERYONE = "everyone";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

export const usualGuardrails: readonly Guardrail[] = [
  { name: "errors", measure: "errors", label: null, loss: null, direction: -1, margin: 0.01, most: 0.1 },
  { name: "latency", measure: "latency", label: null, loss: null, direction: -1, margin: 0.2, most: null },
  { name: "fallback", measure: "fallback", label: null, loss: null, direction: -1, margin: 0.02, most: null },
  { name: "answers", measure: "answers", label: null, loss: null, direction: -1, margin: 0.3, most: null },
];

export const usualRelease: ReleasePolicy = {
  form: "stages",
  shadow: { sample: 1, leastUnits: 500, leastMilliseconds: HOUR, mostMilliseconds: 7 * DAY },
  stages: null,
  usual: {
    shares: [0.1, 0.5],
    leastUnits: 500,
    leastMilliseconds: HOUR,
    mostMilliseconds: 14 * DAY,
    advance: "automatic",
    approve: [],
  },
  guardrails: usualGuardrails,
  alarm: 0.05,
  mismatch: 0.01,
  secondPerson: false,
  breach: "roll-back",
  standing: null,
  reverseShadow: 1,
  settleMilliseconds: HOUR,
};

/** Which recursion: Shiryaev-Roberts is the more sensitive, CUSUM also says since when. */
export type DetectorKind = "e-sr" | "e-cusum";

export interface EDetectorOptions {
  /** Mean in [0, 1] that is still well; 0 < baseline < 1. */
  readonly baseline: number;
  /** Watch for a mean above or below it. */
  readonly direction: "above" | "below";
  /** The promised number of values between two false alarms, on average: alarm when the evidence reaches it. */
  readonly runLength: number;
  readonly kind?: DetectorKind;
  /** Sizes of the bets, as shares of the largest allowed one; each is right for another size of change. */
  readonly bets?: readonly number[];
}

/** Plain state, to be saved between values. */
export interface EDetectorState {
  readonly options: EDetectorOptions;
  readonly kind: DetectorKind;
  /** lambda of each component. */
  readonly lambdas: readonly number[];
  readonly evidence: Float64Array;
  /** Per component, the value (counted from 1) after which its evidence was last below 1. */
  readonly restart: Float64Array;
  n: number;
  /** Number of the value at which the alarm was raised; null while there is none. */
  alarmAt: number | null;
}

const DEFAULT_BETS = [0.02, 0.05, 0.1, 0.2, 0.4, 0.8] as const;
/** Beyond this the answer no longer changes and the product would overflow. */
const CEILING = 1e250;

/**
 * Change detector for values in [0, 1] with a promised time between false alarms (Shin, Ramdas and Rinaldo, arXiv
 * 2203.03532): e = 1 + lambda (x - baseline) has mean <= 1 while all is well whatever the distribution, so M = (M + 1) e
 * (e-SR) or max(M, 1) e (e-CUSUM), averaged over lambdas, reaches A after A values on average at the earliest.
 */
export function startEDetector(options: EDetectorOptions): EDetectorState {
  if (!(options.baseline > 0 && options.baseline < 1)) throw new RangeError("baseline must lie between 0 and 1");
  if (!(options.runLength > 1)) throw new RangeError("runLength must be above 1");
  const bets = options.bets ?? DEFAULT_BETS;
  if (bets.length === 0 || bets.some((bet) => !(bet > 0 && bet < 1)))
    throw new RangeError("bets must lie between 0 and 1");
  const centre = options.direction === "above" ? options.baseline : 1 - options.baseline;
  return {
    options,
    kind: options.kind ?? "e-sr",
    lambdas: bets.map((bet) => bet / centre),
    evidence: new Float64Array(bets.length),
    restart: new Float64Array(bets.length),
    n: 0,
    alarmAt: null,
  };
}

/**
 * Takes in one value, in place; returns whether an alarm stands. NaN is left out; a value outside [0, 1] counts as the
 * nearer end.
 */
export function addToEDetector(state: EDetectorState, value: number): boolean {
  if (Number.isNaN(value)) return state.alarmAt !== null;
  const cut = Math.min(1, Math.max(0, value));
  const above = state.options.direction === "above";
  const excess = above ? cut - state.options.baseline : state.options.baseline - cut;
  for (let j = 0; j < state.lambdas.length; j++) {
    const e = 1 + (state.lambdas[j] as number) * excess;
    const before = state.evidence[j] as number;
    if (before < 1) state.restart[j] = state.n;
    const grown = (state.kind === "e-sr" ? before + 1 : Math.max(before, 1)) * e;
    state.evidence[j] = Math.min(CEILING, grown);
  }
  state.n++;
  if (state.alarmAt === null && detectorEvidence(state) >= state.options.runLength) state.alarmAt = state.n;
  return state.alarmAt !== null;
}

/** The averaged evidence: alarm at `runLength`. Detectors of several streams may be averaged again. */
export function detectorEvidence(state: EDetectorState): number {
  let sum = 0;
  for (let j = 0; j < state.evidence.length; j++) sum += state.evidence[j] as number;
  return sum / state.evidence.length;
}

/**
 * Where the change probably began: the number of values before it, from the component with the most evidence (e-CUSUM
 * only: its evidence was last below 1 there); null for e-SR or without values.
 */
export function changeBeganAfter(state: EDetectorState): number | null {
  if (state.kind !== "e-cusum" || state.n === 0) return null;
  let best = 0;
  for (let j = 1; j < state.evidence.length; j++) {
    if ((state.evidence[j] as number) > (state.evidence[best] as number)) best = j;
  }
  return state.restart[best] as number;
}

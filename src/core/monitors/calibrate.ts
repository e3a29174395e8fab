import { isotonicFit, isotonicValue } from "../statistics/isotonic.ts";
import { createRandom } from "../statistics/random.ts";

/** Turns scores into probabilities of a hit. */
export interface Calibration {
  readonly of: (score: number) => number;
  /** False: the scores are taken as they are, because isotonic regression did not bring them closer. */
  readonly fitted: boolean;
  /** Expected calibration error on rows that it was not fitted on; null where too few rows tell. */
  readonly error: number | null;
  /** The error that chance alone would show there, with perfect probabilities. */
  readonly chance: number;
}

const SPLITS = 3;
const BINS = 10;
/** Fewest rows of each class. */
const LEAST_OF_CLASS = 30;

/**
 * Isotonic calibration where it helps: where the mean calibration error on the held-out halves of three stratified splits
 * gets smaller (METHODS 7, as NannyML does). Scores outside 0 to 1 are always calibrated.
 * @param weight of rows in the final fit; null: all alike
 */
export function chooseCalibration(
  score: Float64Array,
  label: ArrayLike<number>,
  weight: Float64Array | null,
  seed: number,
): Calibration {
  const probabilities = score.every((one) => one >= 0 && one <= 1);
  const fit = (): Calibration["of"] => {
    const curve = isotonicFit(score, label, weight);
    return (one) => isotonicValue(curve, one);
  };
  const hits = score.reduce((sum, _, i) => sum + (label[i] === 1 ? 1 : 0), 0);
  if (Math.min(hits, score.length - hits) < LEAST_OF_CLASS) {
    return { of: probabilities ? (one) => one : fit(), fitted: !probabilities, error: null, chance: 0 };
  }
  let plain = 0;
  let fitted = 0;
  let chance = 0;
  const random = createRandom(seed);
  for (let split = 0; split < SPLITS; split++) {
    const half = stratifiedHalf(label, score.length, random);
    const pick = (side: number): number[] => [...half.keys()].filter((i) => half[i] === side);
    const [train, test] = [pick(0), pick(1)];
    const curve = isotonicFit(
      Float64Array.from(train, (i) => score[i]!),
      train.map((i) => label[i]!),
      null,
    );
    const truth = test.map((i) => label[i]!);
    const after = calibrationError(
      test.map((i) => isotonicValue(curve, score[i]!)),
      truth,
    );
    fitted += after.error / SPLITS;
    chance += after.chance / SPLITS;
    plain +=
      calibrationError(
        test.map((i) => score[i]!),
        truth,
      ).error / SPLITS;
  }
  if (probabilities && weight === null && plain <= fitted) {
    return { of: (one) => one, fitted: false, error: plain, chance };
  }
  return { of: fit(), fitted: true, error: fitted, chance };
}

/** Expected calibration error over ten bins of equal width, and what perfect probabilities would show on average. */
export function calibrationError(
  probability: readonly number[],
  label: readonly number[],
): { readonly error: number; readonly chance: number } {
  const n = probability.length;
  const gaps = new Float64Array(BINS);
  const spread = new Float64Array(BINS);
  probability.forEach((p, i) => {
    const bin = Math.min(BINS - 1, Math.floor(p * BINS));
    gaps[bin]! += label[i]! - p;
    spread[bin]! += p * (1 - p);
  });
  let error = 0;
  let chance = 0;
  for (let bin = 0; bin < BINS; bin++) {
    error += Math.abs(gaps[bin]!) / n;
    chance += Math.sqrt((2 / Math.PI) * spread[bin]!) / n;
  }
  return { error, chance };
}

function stratifiedHalf(label: ArrayLike<number>, n: number, random: ReturnType<typeof createRandom>): Uint8Array {
  const half = new Uint8Array(n);
  for (const cls of [0, 1]) {
    const rows: number[] = [];
    for (let i = 0; i < n; i++) if ((label[i] === 1 ? 1 : 0) === cls) rows.push(i);
    for (let i = rows.length - 1; i > 0; i--) {
      const j = random.nextBelow(i + 1);
      [rows[i], rows[j]] = [rows[j]!, rows[i]!];
    }
    rows.forEach((row, at) => (half[row] = at % 2));
  }
  return half;
}

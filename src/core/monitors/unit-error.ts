/** What the variation between units says of an estimate. */
export interface UnitError {
  readonly standardError: number;
  /** Student's degrees of freedom: effective units (Kish, on squared influence) less one. */
  readonly degrees: number;
  /** Skewness of the estimate: sum e^3 / (sum e^2)^1.5 over units. */
  readonly skew: number;
  readonly units: number;
}

/**
 * Standard error of an estimate whose rows have the given influence (it moves by influence / total when a row counts once
 * more), with what belongs to one unit added up first.
 * @param units dense unit code per row
 */
export function unitError(influence: Float64Array, units: Uint32Array, total: number): UnitError {
  const sums = new Map<number, number>();
  for (let i = 0; i < influence.length; i++) sums.set(units[i]!, (sums.get(units[i]!) ?? 0) + influence[i]!);
  const k = sums.size;
  let squares = 0;
  let cubes = 0;
  let fourths = 0;
  for (const e of sums.values()) {
    squares += e * e;
    cubes += e * e * e;
    fourths += e ** 4;
  }
  const effective = fourths > 0 ? (squares * squares) / fourths : k;
  return {
    standardError: k < 2 ? Number.NaN : Math.sqrt((squares * k) / (k - 1)) / total,
    degrees: Math.max(1, effective - 1),
    skew: squares > 0 ? cubes / squares ** 1.5 : 0,
    units: k,
  };
}

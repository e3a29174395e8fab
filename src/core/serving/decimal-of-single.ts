/**
 * The short decimal number that a 32-bit float was made of: 20.38 for 20.3799991607666, so that a tensor or a Parquet file
 * of such floats is held against conditions, contracts and rules as the same row in JSON is. It rounds back to the same
 * float; where no decimal of up to eight places does, the float stays as it is.
 */
export function decimalOfSingle(value: number): number {
  if (Number.isInteger(value)) return value;
  for (let scale = 100; scale <= 1e8; scale *= 100) {
    const decimal = Math.round(value * scale) / scale;
    if (Math.fround(decimal) === value) return decimal;
  }
  return value;
}

/** A number for a sentence: four significant digits at most, a true minus sign, words for what is not finite. */
export function figure(value: number): string {
  if (Number.isNaN(value)) return "unknown";
  if (value === Number.POSITIVE_INFINITY) return "no upper bound";
  if (value === Number.NEGATIVE_INFINITY) return "no lower bound";
  const text = String(Number(Math.abs(value).toPrecision(4)));
  return value < 0 && text !== "0" ? `−${text}` : text;
}

/** `'thirty', '39 years'`: raw texts inside a sentence. */
export function quoted(texts: readonly string[]): string {
  return texts.map((text) => `'${text}'`).join(", ");
}

/** A number for people: up to six significant digits, no trailing zeros, a minus sign. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const magnitude = Math.abs(value);
  if (Number.isInteger(value) && magnitude < 1e15) return value < 0 ? `−${magnitude}` : String(value);
  const text =
    magnitude >= 1e7 || (magnitude < 1e-4 && magnitude > 0)
      ? value.toPrecision(4)
      : String(Number(value.toPrecision(6)));
  return text.replace("-", "−");
}

/** `4.7%`, `95.7%`, `0.03%`, `0%`. */
export function percent(share: number): string {
  const value = share * 100;
  if (value === 0) return "0%";
  const digits = value >= 1 && value <= 99.95 ? 1 : value > 99.95 ? 2 : 2;
  return `${Number(value.toFixed(digits))}%`;
}

const units: readonly [number, string][] = [
  [86_400_000, "day"],
  [3_600_000, "hour"],
  [60_000, "minute"],
  [1000, "second"],
];

/** `10 days`, `1.5 hours`. */
export function duration(milliseconds: number): string {
  for (const [size, name] of units) {
    if (milliseconds < size) continue;
    const value = Number((milliseconds / size).toFixed(1));
    return `${value} ${name}${value === 1 ? "" : "s"}`;
  }
  return `${milliseconds} milliseconds`;
}

/** RFC 3339 without needless zeros: `2012-05-09`, `2012-05-09 07:00`. */
export function moment(milliseconds: number): string {
  if (!(Math.abs(milliseconds) < 8.64e15)) return String(milliseconds);
  const text = new Date(milliseconds).toISOString().replace("T", " ");
  return text.replace(/( 00:00)?(:00)?(\.000)?Z$/, "");
}

/** The most different-looking examples first, so that 'thirty' and '39 years' both show. */
export function distinctLike(examples: readonly string[]): string[] {
  const shape = (text: string): string => text.replace(/\d+/g, "9").replace(/[a-z]+/gi, "a");
  const seen = new Set<string>();
  const fresh = examples.filter((text) => !seen.has(shape(text)) && seen.add(shape(text)));
  return [...fresh, ...examples.filter((text) => !fresh.includes(text))].slice(0, 3);
}

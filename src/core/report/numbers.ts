/** Numbers as people read them: thousands separated, a true minus sign, as many digits as the interval supports. */
export const MINUS = "−";
export const MISSING = "n/a";

/**
 * Decimals that show two significant digits of an interval's half width, between 0 and 6: a reader sees as much of a
 * number as is known of it. `interval` null or of width 0: `otherwise`.
 */
export function decimalsOf(interval: readonly [number, number] | null, otherwise = 3): number {
  if (interval === null) return otherwise;
  const half = Math.abs(interval[1] - interval[0]) / 2;
  if (!(half > 0) || !Number.isFinite(half)) return otherwise;
  return Math.min(6, Math.max(0, 1 - Math.floor(Math.log10(half))));
}

/** `1,234.50`, `−0.045`; `n/a` for null and what is not a number. Zero never carries a sign. */
export function number(value: number | null | undefined, decimals: number): string {
  if (value === null || value === undefined || Number.isNaN(value)) return MISSING;
  if (!Number.isFinite(value)) return value > 0 ? "∞" : `${MINUS}∞`;
  const text = Math.abs(value).toFixed(decimals);
  const [whole = "0", rest] = text.split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",") + (rest === undefined ? "" : `.${rest}`);
  return value < 0 && /[1-9]/.test(text) ? MINUS + grouped : grouped;
}

/** As {@link number}, with `+` before what is above 0. */
export function signed(value: number | null | undefined, decimals: number): string {
  const text = number(value, decimals);
  return typeof value === "number" && value > 0 && text !== "∞" ? `+${text}` : text;
}

/** `48,000`. */
export function count(value: number): string {
  return number(value, 0);
}

/** `1 list`, `873 lists`. */
export function counted(value: number, word: string): string {
  return `${count(value)} ${Math.abs(value) === 1 ? word : plural(word)}`;
}

export function plural(word: string): string {
  if (/[^aeiou]y$/i.test(word)) return `${word.slice(0, -1)}ies`;
  return /(s|x|z|ch|sh)$/i.test(word) ? `${word}es` : `${word}s`;
}

/** `12%`, `0.4%`; of a share between 0 and 1. */
export function percent(share: number | null): string {
  if (share === null || Number.isNaN(share)) return MISSING;
  const value = share * 100;
  return `${number(value, value !== 0 && Math.abs(value) < 10 ? 1 : 0)}%`;
}

/** What a unit column is called among people: `user_id` is `user`, `visitor` stays. */
export function unitWord(column: string): string {
  const word = column
    .replace(/[_\s-]?(id|uuid|key)$/i, "")
    .replace(/_/g, " ")
    .trim();
  return word === "" ? column : word.toLowerCase();
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** `20 Feb – 19 Mar 1998` from RFC 3339 times (UTC); anything else is shown as it is. */
export function periodInWords(period: readonly [string, string]): string {
  const [from, to] = period.map((text) => new Date(text));
  if (from === undefined || to === undefined || Number.isNaN(from.getTime()) || Number.isNaN(to.getTime())) {
    return period[0] === period[1] ? period[0] : `${period[0]} – ${period[1]}`;
  }
  const day = (d: Date): string => `${d.getUTCDate()} ${MONTHS[d.getUTCMonth()]}`;
  const end = `${day(to)} ${to.getUTCFullYear()}`;
  if (day(from) === day(to) && from.getUTCFullYear() === to.getUTCFullYear()) return end;
  return from.getUTCFullYear() === to.getUTCFullYear()
    ? `${day(from)} – ${end}`
    : `${day(from)} ${from.getUTCFullYear()} – ${end}`;
}

/** Times as people read them, the same on pages, in the terminal and in sentences. Machines get RFC 3339. */
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** `27 Nov 2026, 02:50 UTC`; what is no time is shown as it is. */
export function timeWords(text: string): string {
  const date = instant(text);
  return date === null ? text : `${day(date)}, ${clock(date)} UTC`;
}

/** `1 Oct 2026`, with the time where it is not midnight: `1 Oct 2026, 02:50 UTC`; `Oct 2026` of a month, `2026` of a year. */
export function dayWords(text: string): string {
  const date = instant(text);
  if (date === null || /^\d{4}$/.test(text)) return text;
  if (/^\d{4}-\d{2}$/.test(text)) return day(date).replace(/^\d+ /, "");
  return clock(date) === "00:00" ? day(date) : `${day(date)}, ${clock(date)} UTC`;
}

const day = (date: Date): string => `${date.getUTCDate()} ${months[date.getUTCMonth()] ?? ""} ${date.getUTCFullYear()}`;
const clock = (date: Date): string => date.toISOString().slice(11, 16);

/** A time without a zone is UTC, as it is everywhere here. */
function instant(text: string): Date | null {
  const zoned = /^\d{4}-\d{2}-\d{2}( |T)\d{2}:\d{2}(:[\d.]+)?$/.test(text) ? `${text.replace(" ", "T")}Z` : text;
  const date = new Date(zoned);
  return Number.isNaN(date.getTime()) ? null : date;
}

import { htmlText } from "../../report/html.ts";
import type { ColumnPicture, DriftDocument, PeriodDrift } from "../drift-document.ts";
import { formatNumber, formatShare } from "../plain-answer.ts";

/** Reference (grey) and current (blue) shares over each other, labelled directly. Colours come from the page's style. */
export function distributionChart(picture: ColumnPicture, name: string): string {
  return picture.bounds === null ? valueChart(picture, name) : rangeChart(picture, picture.bounds, name);
}

const width = 460;
const height = 130;

function rangeChart(picture: ColumnPicture, bounds: readonly number[], name: string): string {
  const count = picture.reference.length;
  const top = Math.max(...picture.reference, ...picture.current, 1e-12);
  const x = (i: number): string => ((i * width) / count).toFixed(1);
  const y = (share: number): string => (height - (share / top) * (height - 12)).toFixed(1);
  const steps = (shares: readonly number[]): string =>
    shares.map((share, i) => `${i === 0 ? "M" : "L"}${x(i)} ${y(share)}L${x(i + 1)} ${y(share)}`).join("");
  const ticks = [0, Math.floor(count / 2), count].map((i) => {
    const anchor = i === 0 ? "start" : i === count ? "end" : "middle";
    return `<text x="${x(i)}" y="${height + 16}" text-anchor="${anchor}">${htmlText(formatNumber(bounds[i]!))}</text>`;
  });
  return svg(
    `Distribution of ${name}: reference grey, current blue`,
    width,
    height + 20,
    `<path class="ref-area" d="${steps(picture.reference)}L${width} ${height}L0 ${height}Z"/>` +
      `<path class="cur-line" d="${steps(picture.current)}"/>` +
      `<line class="axis" x1="0" x2="${width}" y1="${height}" y2="${height}"/>${ticks.join("")}`,
  );
}

function valueChart(picture: ColumnPicture, name: string): string {
  const order = picture.labels.map((_, i) => i).slice(0, 12);
  const row = 22;
  const left = 150;
  const top = Math.max(...picture.reference, ...picture.current, 1e-12);
  const x = (share: number): number => left + (share / top) * (width - left - 105);
  const rows = order.map((i, k) => {
    const y = k * row + 12;
    const before = picture.reference[i]!;
    const after = picture.current[i]!;
    const label = picture.labels[i]!;
    const short = label.length > 22 ? `${label.slice(0, 21)}…` : label;
    return (
      `<text x="${left - 8}" y="${y + 4}" text-anchor="end">${htmlText(short === "" ? "(empty text)" : short)}</text>` +
      `<rect class="ref-area" x="${left}" y="${y - 7}" width="${(x(before) - left).toFixed(1)}" height="14"/>` +
      `<line class="cur-line" x1="${x(after).toFixed(1)}" x2="${x(after).toFixed(1)}" y1="${y - 9}" y2="${y + 9}"/>` +
      `<text x="${(Math.max(x(before), x(after)) + 6).toFixed(1)}" y="${y + 4}">${formatShare(before)} → ${formatShare(after)}</text>`
    );
  });
  return svg(
    `Shares of ${name}: reference bars grey, current marks blue`,
    width,
    order.length * row + 6,
    rows.join(""),
  );
}

/** Effect of a column per period, with the band in which reference windows stay, and alarms in red. */
export function timelineChart(periods: readonly PeriodDrift[], name: string, floor: number): string {
  const points = periods.map((period) => period.columns.find((column) => column.name === name));
  const effects = points.map((point) => point?.effect ?? 0);
  const limits = points.map((point) => point?.limit ?? floor);
  const top = Math.max(...effects, ...limits.map((limit) => Math.min(1, limit)), 0.1) * 1.05;
  const wide = 520;
  const high = 120;
  const step = wide / Math.max(1, periods.length);
  const x = (i: number): string => ((i + 0.5) * step).toFixed(1);
  const y = (effect: number): string => (high - (Math.min(effect, top) / top) * (high - 6)).toFixed(1);
  const band = `M0 ${high}${limits.map((limit, i) => `L${(i * step).toFixed(1)} ${y(limit)}L${((i + 1) * step).toFixed(1)} ${y(limit)}`).join("")}L${wide} ${high}Z`;
  const line = effects.map((effect, i) => `${i === 0 ? "M" : "L"}${x(i)} ${y(effect)}`).join("");
  const alarms = periods.map((period, i) =>
    points[i]?.drifted === true
      ? `<circle class="alarm" cx="${x(i)}" cy="${y(effects[i]!)}" r="${Math.max(1.5, Math.min(3.5, step / 2)).toFixed(1)}"><title>${htmlText(period.from.slice(0, 16))}: effect ${effects[i]!.toFixed(3)}, limit ${limits[i]!.toFixed(3)}</title></circle>`
      : "",
  );
  const labels =
    `<text x="0" y="${high + 16}">${htmlText(day(periods[0]))}</text>` +
    `<text x="${wide}" y="${high + 16}" text-anchor="end">${htmlText(day(periods.at(-1)))}</text>` +
    `<text x="2" y="${high - 4}">effect 0 to ${top.toFixed(2)}; shaded: usual</text>`;
  return svg(
    `Effect of ${name} over time; shaded: where periods of the reference stay`,
    wide,
    high + 20,
    `<path class="band" d="${band}"/><path class="cur-line" d="${line}"/>${alarms.join("")}${labels}`,
  );
}

function day(period: PeriodDrift | undefined): string {
  return period?.from.slice(0, 10) ?? "";
}

const heatColumns = 60;
const heatPeriods = 750;

/** Columns by period: how far each moved; alarms have a red frame and a mark, so that colour is not needed. */
export function heatMap(drift: DriftDocument): string {
  const periods = (drift.periods ?? []).slice(-heatPeriods);
  const known = new Set(periods[0]?.columns.map((column) => column.name) ?? []);
  const names = drift.columns.map((column) => column.name).filter((name) => known.has(name));
  for (const name of known) if (!names.includes(name)) names.push(name);
  const shown = names.slice(0, heatColumns);
  const left = 170;
  const wide = 900;
  const row = 20;
  const step = (wide - left) / Math.max(1, periods.length);
  const top = Math.max(0.2, ...periods.flatMap((period) => period.columns.map((column) => column.effect ?? 0)));
  const cells = shown.map((name, r) => {
    const label = name.length > 24 ? `${name.slice(0, 23)}…` : name;
    const marks = periods.map((period, i) => {
      const column = period.columns.find((one) => one.name === name);
      if (column === undefined || column.effect === null) return "";
      const strength = Math.min(1, column.effect / top);
      const title = `${period.from.slice(0, 16)} ${name}: effect ${column.effect.toFixed(3)}${column.drifted ? ", alarm" : ""}`;
      const place = `x="${(left + i * step).toFixed(1)}" y="${r * row + 2}" width="${Math.max(0.6, step - (step > 4 ? 1 : 0)).toFixed(1)}"`;
      const dot = column.drifted
        ? `<rect class="alarm" x="${(left + i * step).toFixed(1)}" y="${r * row + row - 5}" width="${Math.max(0.6, step - (step > 4 ? 1 : 0)).toFixed(1)}" height="3"/>`
        : "";
      return `<rect class="heat" ${place} height="${row - 4}" fill-opacity="${(0.06 + 0.94 * strength).toFixed(2)}"><title>${htmlText(title)}</title></rect>${dot}`;
    });
    return `<text x="${left - 8}" y="${r * row + 14}" text-anchor="end">${htmlText(label)}</text>${marks.join("")}`;
  });
  const bottom = shown.length * row;
  const labels =
    `<text x="${left}" y="${bottom + 16}">${htmlText(day(periods[0]))}</text>` +
    `<text x="${wide}" y="${bottom + 16}" text-anchor="end">${htmlText(day(periods.at(-1)))}</text>`;
  return svg("Effect by column and period; a bar below a cell is an alarm", wide, bottom + 22, cells.join("") + labels);
}

function svg(title: string, wide: number, high: number, body: string): string {
  return `<svg viewBox="0 0 ${wide} ${high}" role="img" aria-label="${htmlText(title)}"><title>${htmlText(title)}</title>${body}</svg>`;
}

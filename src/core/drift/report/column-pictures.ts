/** Pictures of columns: drawings without text, which stretch; what is to be read stands beside them as text. */
import { html, type Markup } from "../../report/markup.ts";
import { dayWords } from "../../report/time-words.ts";
import type { ColumnPicture, PeriodDrift } from "../drift-document.ts";
import { formatNumber, formatShare } from "../plain-answer.ts";

const keys = html`<span class="key"></span>reference<span class="key cur"></span>current`;
const mostValues = 12;

/** Reference (grey) and current (blue) shares over each other. */
export function distributionPicture(picture: ColumnPicture, name: string): Markup {
  return picture.bounds === null ? valueShares(picture, name) : histogram(picture, picture.bounds, name);
}

function histogram(picture: ColumnPicture, bounds: readonly number[], name: string): Markup {
  const count = picture.reference.length;
  const top = Math.max(...picture.reference, ...picture.current, 1e-12);
  const x = (i: number): string => ((100 * i) / Math.max(1, count)).toFixed(2);
  const y = (share: number): string => (100 - (share / top) * 96).toFixed(2);
  const steps = (shares: readonly number[]): string =>
    shares.map((share, i) => `${i === 0 ? "M" : "L"}${x(i)} ${y(share)}L${x(i + 1)} ${y(share)}`).join("");
  const ticks = [0, Math.floor(count / 2), count].map((i) => html`<span>${formatNumber(bounds[i] ?? null)}</span>`);
  const body = html`<path class="ref-area" d="${steps(picture.reference)}L100 100L0 100Z"/><path class="cur-line" d="${steps(picture.current)}"/><path class="base" d="M0 100H100"/>`;
  return html`<figure><figcaption>Shares of rows: ${keys}</figcaption>${drawing(`Distribution of ${name}: reference as a grey area, current as a blue line, from ${formatNumber(bounds[0] ?? null)} to ${formatNumber(bounds[count] ?? null)}`, body)}<div class="ticks">${ticks}</div></figure>`;
}

/** A table of values whose shares are drawn too: bars are the reference, marks the current rows. */
function valueShares(picture: ColumnPicture, name: string): Markup {
  const shown = picture.labels.slice(0, mostValues);
  const top = Math.max(...picture.reference, ...picture.current, 1e-12);
  const rows = shown.map((label, i) => {
    const before = picture.reference[i] ?? 0;
    const after = picture.current[i] ?? 0;
    const at = (share: number): string => ((98 * share) / top).toFixed(2);
    return html`<tr><th scope="row" title="${label}"><bdi>${label === "" ? "(empty text)" : label}</bdi></th><td><svg viewBox="0 0 100 18" preserveAspectRatio="none" aria-hidden="true"><rect class="ref-area" x="0" y="3" width="${at(before)}" height="12"/><rect class="mark" x="${at(after)}" y="0" width="1" height="18"/></svg></td><td class="number">${formatShare(before)} → ${formatShare(after)}</td></tr>`;
  });
  const more = picture.labels.length - shown.length;
  return html`<figure><figcaption>Shares of rows: ${keys}${more > 0 ? `; the ${mostValues} largest of ${picture.labels.length}` : ""}</figcaption><table class="shares"><caption class="hidden">Shares of ${name}, reference and current</caption><tbody>${rows}</tbody></table></figure>`;
}

/** Effect of a column per period, with the band in which reference windows stay, and alarms as red dots. */
export function timelinePicture(periods: readonly PeriodDrift[], name: string, floor: number, by: string): Markup {
  const points = periods.map((period) => period.columns.find((column) => column.name === name));
  const effects = points.map((point) => point?.effect ?? 0);
  const limits = points.map((point) => Math.min(1, point?.limit ?? floor));
  const top = Math.max(...effects, ...limits, 0.1) * 1.05;
  const step = 100 / Math.max(1, periods.length);
  const x = (i: number): string => ((i + 0.5) * step).toFixed(2);
  const y = (effect: number): string => (100 - (Math.min(effect, top) / top) * 100).toFixed(2);
  const edge = limits
    .map((limit, i) => `L${(i * step).toFixed(2)} ${y(limit)}L${((i + 1) * step).toFixed(2)} ${y(limit)}`)
    .join("");
  const line = effects.map((effect, i) => `${i === 0 ? "M" : "L"}${x(i)} ${y(effect)}`).join("");
  const alarms = periods.map((period, i) =>
    points[i]?.drifted === true
      ? html`<path class="dot" d="M${x(i)} ${y(effects[i] ?? 0)}h.001"><title>${dayWords(period.from)}: effect ${(effects[i] ?? 0).toFixed(3)}, alarm above ${(limits[i] ?? 0).toFixed(3)}</title></path>`
      : null,
  );
  const count = alarms.filter((alarm) => alarm !== null).length;
  const body = html`<path class="band" d="M0 100${edge}L100 100Z"/><path class="limit" d="${edge.replace("L", "M")}"/><path class="base" d="M0 100H100"/><path class="cur-line" d="${line}"/>${alarms}`;
  const low = Math.min(...limits);
  const high = Math.max(...limits);
  const usual = high - low < 0.0005 ? high.toFixed(3) : `${low.toFixed(3)} to ${high.toFixed(3)}`;
  const title = `Effect of ${name} by ${by}: ${count} alarms in ${periods.length} periods, largest ${Math.max(...effects).toFixed(3)}; usual is up to ${usual}`;
  return html`<figure><figcaption>Effect by ${by}; shaded: usual, up to ${usual}; dots: alarms</figcaption><div class="scaled"><div class="scale" aria-hidden="true"><span>${top.toFixed(2)}</span><span>0</span></div>${drawing(title, body)}${periodTicks(periods)}</div></figure>`;
}

/** First, middle and last period; the middle one stands where it belongs, because the three are equally far apart. */
export function periodTicks(periods: readonly PeriodDrift[]): Markup {
  const middle = periods.length >= 5 ? [periods[Math.floor(periods.length / 2)]] : [];
  const shown = [periods[0], ...middle, ...(periods.length > 1 ? [periods.at(-1)] : [])];
  return html`<div class="ticks">${shown.map((period) => html`<span>${dayWords(period?.from ?? "")}</span>`)}</div>`;
}

function drawing(title: string, body: Markup): Markup {
  return html`<svg class="drawing" viewBox="0 0 100 100" preserveAspectRatio="none" role="img" aria-label="${title}">${body}</svg>`;
}

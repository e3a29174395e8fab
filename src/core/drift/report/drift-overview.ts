/** The one picture that proves the answer: columns by period, or, without periods, columns by effect. */
import { html, type Markup } from "../../report/markup.ts";
import { dayWords } from "../../report/time-words.ts";
import type { ColumnDrift, DriftDocument, PeriodColumn, PeriodDrift } from "../drift-document.ts";
import { periodTicks } from "./column-pictures.ts";

const mostColumns = 60;
const mostPeriods = 750;

/** @param links where the card of a column is, by its name */
export function overview(drift: DriftDocument, links: ReadonlyMap<string, string>): Markup {
  return drift.periods === null || drift.periods.length === 0
    ? effectBars(drift, links)
    : heatMap(drift, drift.periods, links);
}

function heatMap(drift: DriftDocument, all: readonly PeriodDrift[], links: ReadonlyMap<string, string>): Markup {
  const periods = all.slice(-mostPeriods);
  const known = new Set(periods[0]?.columns.map((column) => column.name) ?? []);
  const names = drift.columns.map((column) => column.name).filter((name) => known.has(name));
  for (const name of known) if (!names.includes(name)) names.push(name);
  const shown = names.slice(0, mostColumns);
  const { floor } = drift.decision;
  const top = Math.max(2, ...periods.flatMap((period) => period.columns.map((column) => beyond(column, floor))));
  const by = drift.decision.by ?? "period";
  const thin = periods.filter((period) => !period.judged).length;
  const cut = [
    ...(shown.length < names.length ? [`The first ${shown.length} of ${names.length} columns.`] : []),
    ...(periods.length < all.length ? [`The last ${periods.length} of ${all.length} periods.`] : []),
    ...(thin === 0 ? [] : [`${thin} periods have too few rows to be judged.`]),
  ];
  return html`<section aria-labelledby="overview"><h2 id="overview">Columns by ${by}</h2>
<p class="quiet">Darker: farther beyond what is usual for the column (darkest: ${top.toFixed(1)} times as far as it may go). A red bar under a cell: an alarm. ${cut.join(" ")}</p>
<div class="heat">${shown.map((name) => heatRow(name, periods, { floor, top }, links))}<div><span></span>${periodTicks(periods)}</div></div></section>`;
}

/** How far a column is from the reference, as a multiple of how far it may be without an alarm. */
function beyond({ effect, limit }: PeriodColumn, floor: number): number {
  return (effect ?? 0) / Math.max(limit ?? floor, 1e-9);
}

function heatRow(
  name: string,
  periods: readonly PeriodDrift[],
  { floor, top }: { readonly floor: number; readonly top: number },
  links: ReadonlyMap<string, string>,
): Markup {
  const gap = periods.length > 120 ? 0 : 0.06;
  const points = periods.map((period) => period.columns.find((column) => column.name === name));
  const cells = points.map((point, i) => {
    const period = periods[i];
    if (point === undefined || point.effect === null || period === undefined) return null;
    const title = `${dayWords(period.from)}: effect ${point.effect.toFixed(3)}, alarm above ${(point.limit ?? floor).toFixed(3)}${point.drifted ? ": alarm" : ""}${period.judged ? "" : ", not judged: too few rows"}${period.expected === null ? "" : `, expected: ${period.expected}`}; ${period.rows.toLocaleString("en-US")} rows`;
    const alarm = point.drifted ? html`<rect class="alarm" x="${i}" y="17" width="${1 - gap}" height="3"/>` : null;
    return html`<rect class="cell" x="${i}" y="1" width="${1 - gap}" height="15" fill-opacity="${(0.04 + 0.96 * Math.min(1, beyond(point, floor) / top)).toFixed(2)}"><title>${title}</title></rect>${alarm}`;
  });
  const alarms = points.flatMap((point, i) => (point?.drifted === true ? [periods[i]?.from ?? ""] : []));
  const most = Math.max(0, ...points.map((point) => point?.effect ?? 0));
  const said = `${name}: ${alarms.length === 0 ? "no alarm" : `${alarms.length} alarms, the first ${dayWords(alarms[0] ?? "")}`}; largest effect ${most.toFixed(3)}`;
  return html`<div>${columnName(name, links)}<svg viewBox="0 0 ${periods.length} 20" preserveAspectRatio="none" role="img" aria-label="${said}">${cells}</svg></div>\n`;
}

function effectBars(drift: DriftDocument, links: ReadonlyMap<string, string>): Markup {
  const judged = drift.columns.filter((column) => column.effect !== null);
  const shown = judged.slice(0, mostColumns);
  if (shown.length === 0) return html``;
  const { floor } = drift.decision;
  const top = Math.max(2 * floor, ...shown.map((column) => column.effect ?? 0));
  const rows = shown.map((column) => effectRow(column, floor, top, links));
  const cut = shown.length < judged.length ? `; the first ${shown.length} of ${judged.length} columns` : "";
  return html`<section aria-labelledby="overview"><h2 id="overview">Columns by how far they moved</h2>
<p class="quiet">Effect, 0 equal to 1 disjoint; dashed: below ${String(floor)} nothing is called drift${cut}.</p>
<div class="bars">${rows}</div></section>`;
}

function effectRow(column: ColumnDrift, floor: number, top: number, links: ReadonlyMap<string, string>): Markup {
  const effect = column.effect ?? 0;
  const at = (value: number): string => ((99 * value) / top).toFixed(2);
  const moved = column.drifted === true;
  return html`<div>${columnName(column.name, links)}<svg viewBox="0 0 100 20" preserveAspectRatio="none" role="img" aria-label="${column.name}: effect ${effect.toFixed(3)}${moved ? ", moved" : ""}"><rect class="${moved ? "bar moved" : "bar"}" x="0" y="4" width="${at(effect)}" height="12"/><path class="limit" d="M${at(floor)} 0V20"/></svg><span class="${moved ? "bad" : ""}">${moved ? "✗ " : ""}${effect.toFixed(3)}</span></div>\n`;
}

function columnName(name: string, links: ReadonlyMap<string, string>): Markup {
  const link = links.get(name);
  return link === undefined
    ? html`<b title="${name}">${name}</b>`
    : html`<a href="#${link}" title="${name}">${name}</a>`;
}

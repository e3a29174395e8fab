/** Drawings without text: they stretch, and what they say stands beside them. */
import { h, svg } from "../report-page/dom.ts";
import { number, timeWords } from "./parts.ts";
import type { Release, SliceQuality } from "./types.ts";

type Check = NonNullable<Release["analysis"]>["checks"][number];

/** The interval of a harm on its own scale, with zero and what is tolerated. */
export function intervalPicture({ name, low, high, harm, margin, outcome }: Check): Element | string {
  if (low === null || high === null) return "";
  const from = Math.min(low, 0, -margin / 4);
  const to = Math.max(high, margin * 1.25);
  const x = (value: number): string => ((100 * (value - from)) / (to - from || 1)).toFixed(2);
  return svg(
    "svg",
    {
      class: "interval",
      viewBox: "0 0 100 20",
      preserveAspectRatio: "none",
      role: "img",
      "aria-label": `${name}: worse by ${number(low, 3)} to ${number(high, 3)}; ${number(margin)} is tolerated`,
    },
    svg("path", { class: "zero", d: `M${x(0)} 0V20` }),
    svg("path", { class: "margin", d: `M${x(margin)} 0V20` }),
    svg("path", { class: outcome === "breach" ? "line bad" : "line", d: `M${x(low)} 10H${x(high)}` }),
    harm === null
      ? null
      : svg("path", { class: outcome === "breach" ? "point bad" : "point", d: `M${x(harm)} 10h.001` }),
  );
}

/** Values of a slice by period with their intervals, the reference as a grey band, and the limit. */
export function qualityTimeline(slice: SliceQuality, metric: string, how: string): HTMLElement | null {
  const points = slice.periods.filter(({ value }) => value !== null);
  if (points.length === 0) return null;
  const numbers = [
    ...points.flatMap(({ value, interval }) => [value, ...(interval ?? [])]),
    ...(slice.reference?.interval ?? [slice.reference?.value ?? null]),
    slice.limit,
  ].filter((one) => one !== null);
  const low = Math.min(...numbers);
  const high = Math.max(...numbers);
  const room = (high - low || 1) * 0.08;
  const y = (value: number): string => (100 - (100 * (value - low + room)) / (high - low + 2 * room)).toFixed(2);
  const step = 100 / slice.periods.length;
  const x = (i: number): string => ((i + 0.5) * step).toFixed(2);
  const path = (name: string, d: string): Element => svg("path", { class: name, d });
  const band = slice.reference?.interval ?? null;
  const drawn = slice.periods.flatMap((period, i) => {
    if (period.value === null) return [];
    const fallen = slice.limit !== null && slice.outcome === "below" && period.value < slice.limit;
    return [
      period.interval === null ? null : path("line", `M${x(i)} ${y(period.interval[0])}V${y(period.interval[1])}`),
      path(fallen ? "point bad" : period.counts ? "point" : "point open", `M${x(i)} ${y(period.value)}h.001`),
    ];
  });
  const first = slice.periods[0];
  const last = slice.periods.at(-1);
  const day = (text: string | undefined): string =>
    text === undefined ? "" : timeWords(text).replace(", 00:00 UTC", "");
  return h(
    "figure",
    {},
    h(
      "figcaption",
      {},
      `${slice.slice}: ${metric} ${how} by period with 95% intervals; grey: the same version on the test data; dashed: the limit`,
    ),
    h(
      "div",
      { class: "scaled" },
      h(
        "div",
        { class: "scale", "aria-hidden": "true" },
        h("span", {}, number(high, 3)),
        h("span", {}, number(low, 3)),
      ),
      svg(
        "svg",
        {
          class: "timeline",
          viewBox: "0 0 100 100",
          preserveAspectRatio: "none",
          role: "img",
          "aria-label": `${slice.slice}, ${how}: ${slice.reason}`,
        },
        band === null
          ? null
          : svg("rect", {
              class: "band",
              x: 0,
              width: 100,
              y: y(band[1]),
              height: Number(y(band[0])) - Number(y(band[1])),
            }),
        slice.limit === null ? null : path("margin", `M0 ${y(slice.limit)}H100`),
        ...drawn,
      ),
      h("span", {}),
      h("div", { class: "ticks" }, h("span", {}, day(first?.from)), h("span", {}, day(last?.from))),
    ),
  );
}

/** Quality and drift per slice, as the last look at the prediction log found them. */
import { h } from "../report-page/dom.ts";
import { qualityTimeline } from "./pictures.ts";
import { button, folded, number, p, section, table, time, timeWords } from "./parts.ts";
import { refresh } from "./refresh.ts";
import { call, may, modelPath } from "./server.ts";
import type { Look, SliceQuality } from "./types.ts";

const outcomes = {
  holds: "✓ holds",
  below: "✗ below",
  "not-enough-data": "· not enough data",
  "not-evaluated": "? not evaluated",
} as const;
const drifts: Readonly<Record<string, string>> = {
  drift: "✗ moved",
  "no-drift": "✓ did not move",
  "not-enough-data": "· not enough data",
};

export function lookSection(model: string, look: Look | null, live: string | null): HTMLElement {
  if (look === null) {
    return section(
      "Quality and drift",
      p("Nobody has looked at the prediction log yet. The server does by itself when it has the model's policy:"),
      h("p", {}, h("code", {}, "umpire up --policy umpire.yaml")),
      lookButton(model),
    );
  }
  const { quality } = look;
  return section(
    "Quality and drift",
    p(
      [
        `${look.rows.toLocaleString("en-US")} predictions`,
        look.until === null ? "" : ` up to ${timeWords(look.until)}`,
        ", looked at ",
        time(look.at),
      ],
      "quiet",
    ),
    look.problem === null ? null : p(look.problem, "bad"),
    lookButton(model),
    quality === null ? p("Quality is not watched: the policy has no labels to come.") : qualityParts(quality, live),
    h("h3", {}, "Drift of what it is asked"),
    look.slices.length === 0
      ? p("No slice has been compared yet.")
      : table(
          "Drift by slice",
          ["slice", "says", "why"],
          look.slices.map((one) => [one.slice, drifts[one.outcome] ?? one.outcome, one.reason]),
        ),
  );
}

function qualityParts(quality: NonNullable<Look["quality"]>, live: string | null): HTMLElement {
  const { metric, measured, estimated, labels, audit, trigger, version, problem } = quality;
  const delay =
    labels === null
      ? "No label has come yet: what is measured waits for them, the estimate does not."
      : `${labels.come.toLocaleString("en-US")} labels have come; half within ${days(labels.halfAfterDays)}, nine of ten within ${days(labels.mostAfterDays)} (${labels.method}).`;
  const trust =
    audit === null
      ? null
      : `Where labels came, the estimate's interval held the measured value in ${audit.held} of ${audit.periods} periods; it is off by ${number(audit.bias, 2)} on average.`;
  return h(
    "div",
    {},
    h("h3", {}, `${metric} of version ${version ?? "–"}, by slice`),
    problem === null ? null : p(problem, "bad"),
    version === null || live === null || version === live
      ? null
      : p(
          `Version ${version} is no longer live for everyone. Version ${live} is looked at when a period of its own is over.`,
        ),
    trigger?.fallen === true ? p(trigger.message, "bad") : null,
    table(
      "Quality by slice",
      ["slice", "how", "says", "#last value (95%)", "#n", "#on the test data (95%)", "#n", "#limit", "since"],
      [...measured.map((one) => sliceRow(one, "measured")), ...estimated.map((one) => sliceRow(one, "estimated"))],
    ),
    p(delay, "quiet"),
    trust === null ? null : p(trust, "quiet"),
    h(
      "div",
      { class: "figures" },
      ...measured.map((one) => qualityTimeline(one, metric, "measured")),
      ...estimated.map((one) => qualityTimeline(one, metric, "estimated")),
    ),
    folded(
      "All periods, and how it was computed",
      ...periods(measured, "measured"),
      ...periods(estimated, "estimated"),
      method([...measured, ...estimated]),
    ),
  );
}

const days = (value: number | null): string => (value === null ? "a time not known yet" : `${number(value, 2)} days`);

function valued(point: SliceQuality["reference"] | undefined): HTMLElement | string {
  if (point == null || point.value === null) return h("span", { class: "words" }, point?.reason ?? "–");
  const { value, interval } = point;
  return interval === null
    ? number(value)
    : `${number(value)} (${number(interval[0], 3)} to ${number(interval[1], 3)})`;
}

function sliceRow(slice: SliceQuality, how: string) {
  const last = slice.periods.findLast(({ value }) => value !== null) ?? slice.periods.at(-1);
  return [
    `${slice.slice}${slice.blocking ? " · blocks" : ""}`,
    how,
    h("span", { class: slice.outcome === "below" ? "bad says" : "says", title: slice.reason }, outcomes[slice.outcome]),
    valued(last),
    last === undefined ? "–" : units(last),
    valued(slice.reference),
    slice.reference === null ? "–" : units(slice.reference),
    number(slice.limit),
    slice.since === null ? "" : timeWords(slice.since),
  ];
}

const units = ({ rows, units: n }: { readonly rows: number; readonly units: number }): string =>
  rows === n
    ? rows.toLocaleString("en-US")
    : `${rows.toLocaleString("en-US")} rows, ${n.toLocaleString("en-US")} units`;

function periods(slices: readonly SliceQuality[], how: string): HTMLElement[] {
  return slices.map((slice) =>
    table(
      `${slice.slice}, ${how}`,
      ["period of", "slice", "#value (95%)", "#n", "#labelled", "counts"],
      slice.periods.map((one) => [
        timeWords(one.from),
        `${slice.slice}, ${how}`,
        valued(one),
        units(one),
        one.labelled === null ? "" : one.labelled.toLocaleString("en-US"),
        one.counts ? "yes" : "not yet",
      ]),
    ),
  );
}

function method(slices: readonly SliceQuality[]): HTMLElement {
  const distinct = (values: readonly (string | null)[]): string =>
    [...new Set(values.filter((value) => value !== null))].join("; ");
  const how = (estimate: boolean): string =>
    distinct(slices.filter(({ assumes }) => (assumes !== null) === estimate).map((slice) => slice.method)) || "nothing";
  const assumes = distinct(slices.map((slice) => slice.assumes));
  return p(
    `Measured: from labels, corrected for those still to come (${how(false)}). Estimated: from what was asked and answered, without labels (${how(true)})${assumes === "" ? "" : `; ${assumes}`}. Intervals are 95%, of each period by itself, over units. An alarm is the e-SR statistic of a fall reaching its threshold.`,
    "quiet",
  );
}

function lookButton(model: string): HTMLElement | null {
  if (!may("operator")) return null;
  const said = h("span", { role: "status" });
  const look = async (): Promise<void> => {
    said.textContent = " Looking…";
    try {
      await call(`${modelPath(model)}/look`, "POST");
      said.textContent = "";
      refresh();
    } catch (error) {
      said.textContent = ` ${error instanceof Error ? error.message : String(error)}`;
    }
  };
  return h(
    "p",
    { class: "buttons" },
    button("Look at the log now", () => void look()),
    said,
  );
}

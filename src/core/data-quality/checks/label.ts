import type { TableCheck, TableContext, TableFinding } from "../check.ts";
import { rankCorrelation, tellsLabel } from "../association.ts";
import { finding } from "../check-finding.ts";
import { type ColumnContract, severityFor } from "../contract.ts";
import { columnNamed } from "../table-facts.ts";
import { figure, percent } from "../words.ts";

/** A binary label whose two values changed places. */
export const labelFlippedCheck: TableCheck = {
  kind: "table",
  name: "label-flipped",
  group: "reference",
  severity: "error",
  says: "The rate of a binary label mirrors the reference's (its share of ones is the reference's share of zeros), or the rank correlations of the columns with the label all turned their sign. Needs 30 rows and, for the rate, a reference rate away from one half. Other binary columns whose rate is mirrored are a warning.",
  run(context) {
    const { facts, contract } = context;
    const label = contract?.label ?? null;
    const own = contract?.columns.find((column) => column.name === label) ?? null;
    const severity = severityFor("label-flipped", "error", contract, own);
    const others = turnedFlags(context);
    if (label === null || own?.reference === null || own === null || severity === "off") return others;
    const seen = columnNamed(facts, label);
    const before = own.reference.mean;
    if (seen?.numbers === null || seen === null || before === null || seen.numbers.count < 30) return others;
    if (own.reference.quantiles?.[0] !== 0 || own.reference.quantiles[20] !== 1) return others;
    const rate = seen.numbers.mean;
    const error = Math.sqrt(
      (before * (1 - before)) / seen.numbers.count + (before * (1 - before)) / own.reference.rows,
    );
    const mirrored = Math.abs(rate - (1 - before)) <= 3 * error + 0.02;
    const moved = Math.abs(rate - before) > 6 * error && Math.abs(rate - before) > 0.1;
    const turned = turnedSigns(context, label);
    const flipped = mirrored && moved ? turned === null || turned < 0 : turned !== null && turned < -0.7;
    if (!flipped) return others;
    const signs = turned !== null && turned < -0.5 ? ", and the columns' correlations with it turned their sign" : "";
    const result: TableFinding = {
      ...finding({
        check: "label-flipped",
        severity,
        column: label,
        count: seen.numbers.count,
        message: `label rate ${rate.toFixed(3)} against ${before.toFixed(3)} in the reference${signs}: flipped?`,
      }),
      explains: { columns: [label], checks: ["proportions"] },
    };
    return [result, ...others];
  },
};

/**
 * Binary columns other than the label whose share of ones mirrors the reference's. A column of one value throughout is
 * no mirror: a flag of a whole day (holiday) is set or is not.
 */
function turnedFlags({ facts, contract }: TableContext): TableFinding[] {
  return (contract?.columns ?? []).flatMap((column): TableFinding[] => {
    const severity = severityFor("label-flipped", "warning", contract, column);
    const { reference } = column;
    const seen = columnNamed(facts, column.name)?.numbers ?? null;
    if (column.name === contract?.label || severity === "off" || reference === null || seen === null) return [];
    if (reference.quantiles?.[0] !== 0 || reference.quantiles[20] !== 1 || reference.distinct !== 2) return [];
    const before = reference.mean ?? 0.5;
    if (seen.count < 30 || seen.min !== 0 || seen.max !== 1 || Math.abs(before - 0.5) < 0.2) return [];
    const error = Math.sqrt(before * (1 - before) * (1 / seen.count + 1 / reference.rows));
    if (Math.abs(seen.mean - (1 - before)) > 3 * error + 0.02 || Math.abs(seen.mean - before) <= 6 * error) return [];
    return [
      finding({
        check: "label-flipped",
        severity,
        column: column.name,
        count: seen.count,
        message: `${column.name}: share of ones ${seen.mean.toFixed(3)} against ${before.toFixed(3)} in the reference: flipped?`,
      }),
    ];
  });
}

/** Cosine of the correlations with the label, now and in the reference; null where there is too little to compare. */
function turnedSigns({ facts, contract }: TableContext, label: string): number | null {
  const labelColumn = facts.sample.columns.find((column) => column.name === label);
  if (labelColumn === undefined) return null;
  let [dot, before, now] = [0, 0, 0];
  for (const column of contract!.columns) {
    const was = column.reference?.withLabel ?? null;
    const cells = facts.sample.columns.find((entry) => entry.name === column.name);
    if (was === null || cells === undefined || Math.abs(was) < 0.1) continue;
    const is = rankCorrelation(cells, labelColumn);
    if (is === null) continue;
    dot += was * is;
    before += was * was;
    now += is * is;
  }
  return before < 0.02 || now < 0.02 ? null : dot / Math.sqrt(before * now);
}

/** A column that gives the label away. */
export const leakCheck: TableCheck = {
  kind: "table",
  name: "leak",
  group: "reference",
  severity: "warning",
  says: "A column that the contract does not know, or that told little of the label before, now predicts it nearly perfectly: its values (numbers: twenty equally filled ranges) guess at least 99% of the labels of the sample right, far more than the most frequent label alone.",
  run({ facts, contract }) {
    const label = contract?.label ?? null;
    const labelColumn = facts.sample.columns.find((column) => column.name === label);
    if (label === null || labelColumn === undefined || facts.rows < 30) return [];
    return facts.sample.columns.flatMap((cells) => {
      const own = contract!.columns.find((column) => column.name === cells.name) ?? null;
      const severity = severityFor("leak", "warning", contract, own);
      if (cells.name === label || severity === "off" || !newcomer(own)) return [];
      const told = tellsLabel(cells, labelColumn);
      const correlation = rankCorrelation(cells, labelColumn);
      const perfect = told !== null && told.right >= 0.99 && told.right - told.base > 0.05;
      if (!perfect && !(correlation !== null && Math.abs(correlation) > 0.999)) return [];
      const how =
        told !== null && told.right === 1
          ? "perfectly"
          : `on ${percent(told?.right ?? Math.abs(correlation!))} of the rows`;
      return [
        finding({
          check: "leak",
          severity,
          column: cells.name,
          message: `${cells.name} predicts the label ${how}${own === null ? "" : ` (its rank correlation with it was ${figure(own.reference!.withLabel!)})`}: a leak, known only after the outcome?`,
        }),
      ];
    });
  },
};

function newcomer(own: ColumnContract | null): boolean {
  return (
    own === null ||
    (own.reference !== null && own.reference.withLabel !== null && Math.abs(own.reference.withLabel) < 0.5)
  );
}

export const proportionsCheck: TableCheck = {
  kind: "table",
  name: "proportions",
  group: "column",
  severity: "warning",
  says: "The share of rows with a value lies outside of `proportions`, by more than three standard errors. Inferred for the label alone: other shares move with the world, and that is the business of `umpire drift`.",
  run({ facts, contract }) {
    return (contract?.columns ?? []).flatMap((column) => {
      const seen = columnNamed(facts, column.name);
      const severity = severityFor("proportions", "warning", contract, column);
      if (seen === null || column.proportions === null || severity === "off" || facts.rows === 0) return [];
      const cells = facts.sample.columns[seen.position]!;
      return Object.entries(column.proportions).flatMap(([value, { from, to }]) => {
        const number = value.trim() === "" ? Number.NaN : Number(value);
        let hits = 0;
        for (let row = 0; row < facts.sample.rows; row++) {
          if (cells.texts[row] === value || cells.numbers[row] === number) hits++;
        }
        const share = hits / facts.sample.rows;
        const error = 3 * Math.sqrt(Math.max(share * (1 - share), 0.0001) / facts.sample.rows);
        if (share >= from - error && share <= to + error) return [];
        return [
          finding({
            check: "proportions",
            severity,
            column: column.name,
            count: Math.round(share * facts.rows),
            message: `${column.name}=${value}: ${percent(share)} of rows, ${percent(from)} to ${percent(to)} expected`,
          }),
        ];
      });
    });
  },
};

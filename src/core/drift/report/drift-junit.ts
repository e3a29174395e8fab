import { xmlText } from "../../report/junit.ts";
import type { DriftDocument } from "../drift-document.ts";

/** JUnit XML: one case per judged column and one per joint test; drift is a failure, not judged is skipped. */
export function renderDriftJUnit(drift: DriftDocument): string {
  const cases = [
    ...drift.columns.map((column) => ({
      name: column.name,
      group: "columns",
      drifted: column.drifted,
      reason: column.drifted === true ? `${column.reason}. ${column.plain.sentence}` : column.reason,
    })),
    ...(["pca", "domain_classifier"] as const).map((name) => ({
      name,
      group: "joint",
      drifted: drift.joint[name].drifted,
      reason: drift.joint[name].reason,
    })),
    ...(drift.volume === null
      ? []
      : [{ name: "volume", group: "table", drifted: drift.volume.drifted, reason: drift.volume.reason }]),
  ];
  const failures = cases.filter((test) => test.drifted === true).length;
  const skipped = cases.filter((test) => test.drifted === null).length;
  const totals = `tests="${cases.length}" failures="${failures}" errors="0" skipped="${skipped}"`;
  const lines = cases.map((test) => {
    const open = `    <testcase classname="drift.${test.group}" name="${xmlText(test.name)}"`;
    if (test.drifted === false) return `${open}/>`;
    const body =
      test.drifted === true
        ? `<failure message="${xmlText(test.reason)}"/>`
        : `<skipped message="${xmlText(test.reason)}"/>`;
    return `${open}>${body}</testcase>`;
  });
  const properties = [
    ["outcome", drift.outcome],
    ["alpha", String(drift.decision.alpha)],
    ["floor", String(drift.decision.floor)],
    ["expected_false_alarms", `${drift.expected_false_alarms} per ${drift.decision.false_alarms_per}`],
  ].map(([name, value]) => `      <property name="${name}" value="${xmlText(value!)}"/>`);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="umpire drift" ${totals}>`,
    `  <testsuite name="drift" ${totals}>`,
    "    <properties>",
    ...properties,
    "    </properties>",
    ...lines,
    "  </testsuite>",
    "</testsuites>",
    "",
  ].join("\n");
}

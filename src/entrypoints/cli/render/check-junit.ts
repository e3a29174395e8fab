import type { CheckDocument } from "../../../core/data-quality/check-document.ts";
import { checks } from "../../../core/data-quality/catalog.ts";
import { escapeMarkup } from "../../../core/data-quality/printable.ts";

/** JUnit XML: one suite a file, one case a check; errors are failures, warnings go to the case's output. */
export function checkJUnit(document: CheckDocument): string {
  const suites = document.files.map((file) => {
    const own = document.findings.filter((entry) => entry.file === undefined || entry.file === file.file);
    const cases = checks.map((check) => {
      const found = own.filter((entry) => entry.check === check.name);
      const failed = found.filter((entry) => entry.severity === "error");
      const remarks = found.filter((entry) => entry.severity !== "error");
      const body = [
        ...(failed.length === 0
          ? []
          : [
              `<failure message="${escapeMarkup(failed.map((entry) => entry.message).join("; "))}">${escapeMarkup(failed.map((entry) => `${entry.message} lines ${entry.lines.join(", ")}`).join("; "))}</failure>`,
            ]),
        ...(remarks.length === 0
          ? []
          : [
              `<system-out>${escapeMarkup(remarks.map((entry) => `${entry.severity}: ${entry.message}`).join("; "))}</system-out>`,
            ]),
      ];
      return {
        failed: failed.length > 0,
        text: `    <testcase classname="check.${check.group}" name="${check.name}">${body.join("")}</testcase>`,
      };
    });
    const failures = cases.filter((each) => each.failed).length;
    return {
      failures,
      tests: cases.length,
      text: `  <testsuite name="${escapeMarkup(file.file)}" tests="${cases.length}" failures="${failures}" errors="0" skipped="0">\n${cases.map((each) => each.text).join("\n")}\n  </testsuite>`,
    };
  });
  const sum = (field: "failures" | "tests"): number => suites.reduce((total, suite) => total + suite[field], 0);
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="umpire check" tests="${sum("tests")}" failures="${sum("failures")}" errors="0" skipped="0">\n${suites.map((suite) => suite.text).join("\n")}\n</testsuites>\n`;
}

import { failureCodes } from "../src/core/failures.ts";

const exitCodes: readonly (readonly [number, string])[] = [
  [0, "yes: the verdict is `pass`, the checks hold, nothing drifted beyond its limit"],
  [1, "the answer is no: `fail`, a failed check, drift beyond its limit"],
  [
    2,
    "the job could not be done: usage, configuration, a missing or unreadable file; the message says where and what to do",
  ],
  [3, "not enough data to decide; the verdict says how many more units would"],
  [4, "not evaluated: a gate could not be computed"],
  [70, "a bug of ours; a file to attach is written"],
];

/** The page `docs/reference/errors.md`. */
export function errorsReference(): string {
  const codes = Object.entries(failureCodes).map(([code, says]) => `| \`${code}\` | ${says} |`);
  return [
    "<!-- made by `npm run docs` from src/core/failures.ts; do not edit -->",
    "# Errors and exit codes",
    "",
    "A *finding* (a failed gate, a drifted column) is data and part of a document. A *failure* is a job that could not",
    "be done: it is printed as `umpire: WHERE  WHAT` with what to do below, and with `--json` as a document",
    '`{ "schema": "umpire.error/1", "code", "where", "message", "mend" }`. `--verbose` adds the stack trace.',
    "",
    "## Exit codes",
    "| code | meaning |",
    "| ---: | --- |",
    ...exitCodes.map(([code, says]) => `| ${code} | ${says} |`),
    "",
    "## Failure codes",
    "| code | when |",
    "| --- | --- |",
    ...codes,
    "",
  ].join("\n");
}

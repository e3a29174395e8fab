import { gatesReference } from "../src/core/gates/gate-forms.ts";
import { checksReference } from "../src/core/data-quality/reference.ts";
import { driftTestsReference } from "../src/core/drift/reference.ts";
import { metricsReference } from "../src/core/metrics/reference.ts";
import { policyReference } from "../src/schemas/policy/policy-reference.ts";
import { errorsReference } from "./errors-reference.ts";

/**
 * The generated pages of `docs/reference/`, by file name. To add one: write a pure function that renders Markdown from
 * a catalogue (beside the catalogue, as `reference.ts`), add its line here, run `npm run docs`.
 */
export const referencePages: readonly (readonly [name: string, render: () => string])[] = [
  ["metrics.md", metricsReference],
  ["gates.md", gatesReference],
  ["policy.md", policyReference],
  ["checks.md", checksReference],
  ["drift-tests.md", driftTestsReference],
  ["errors.md", errorsReference],
];

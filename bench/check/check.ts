import { createCheckReader } from "../../src/adapters/check-files/check-file-reader.ts";
import { checkFile } from "../../src/app/check/check-file.ts";
import { rowChecks, tableChecks } from "../../src/core/data-quality/catalog.ts";
import { inferContract } from "../../src/core/data-quality/infer-contract.ts";
import { RowRules } from "../../src/core/data-quality/run-row-rules.ts";

/** Checks a file against the contract that its own first part gives; prints the time of the check alone. */
const [path = "", reference = path] = process.argv.slice(2);
const reader = createCheckReader((inputs) => Promise.resolve([...inputs]));
const first = await checkFile(await reader.open(reference), { contract: null, usual: null, now: null });
const contract = inferContract(first.facts!, { name: "bench" });
const rules = new RowRules(
  contract,
  contract.columns.map((column) => column.name),
);
const started = performance.now();
const result = await checkFile(await reader.open(path), {
  contract,
  usual: null,
  now: null,
  sink: { bad: () => {}, good: () => {} },
});
const milliseconds = performance.now() - started;
process.stdout.write(
  `${result.rows.read} rows, ${rules.count} row rules of ${rowChecks.length} checks, ${tableChecks.length} checks of the table, ${result.findings.length} findings\n`,
);
process.stdout.write(`${JSON.stringify({ milliseconds })}\n`);

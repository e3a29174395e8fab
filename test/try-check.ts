import { createCheckReader } from "../src/adapters/check-files/check-file-reader.ts";
import { checkFile } from "../src/app/check/check-file.ts";
import { inferContract } from "../src/core/data-quality/infer-contract.ts";
import { readFileSync } from "node:fs";
const dir = "/work/shared/data/broken/";
const reader = createCheckReader(async (x) => [...x]);
const good = await checkFile(await reader.open(dir + "good.csv"), { contract: null, usual: null, now: null });
const contract = inferContract(good.facts!, { name: "income" });
if (process.argv[2]==="-c") console.log(JSON.stringify(contract,null,1));
for (const c of JSON.parse(readFileSync(dir + "cases.json", "utf8"))) {
  if (process.argv[2] && process.argv[2]!==c.file && process.argv[2]!=="-n") continue;
  const rides = /semicolon|timestamps_/.test(c.file);
  const t=performance.now();
  const r = await checkFile(await reader.open(dir + c.file), { contract: rides||process.argv[2]==="-n" ? null : contract, usual: null, now: Date.now() });
  console.log(r.outcome === (["info","ok"].includes(c.severity)?"ok":c.severity) ? "   " : "XXX", c.file, r.outcome, c.severity, JSON.stringify(r.rows), (performance.now()-t).toFixed(0)+"ms", "| should:", c.validator_should_say);
  for (const f of r.findings) console.log("        ", f.severity, f.check, f.column, "::", f.message, "#", f.count, f.lines.slice(0,5).join(","), f.examples.slice(0,2));
}

import type { RowCheck, RowRule } from "../check.ts";
import { AscendingKeys } from "../ascending-keys.ts";
import type { CheckBlock } from "../check-block.ts";
import { thousands } from "../check-finding.ts";
import type { ColumnContract } from "../contract.ts";
import { hashRows } from "../row-hash.ts";
import { SeenRows } from "../seen-rows.ts";

export const uniqueCheck: RowCheck = {
  kind: "row",
  name: "unique",
  group: "column",
  severity: "error",
  says: "The key (`key`, one or several columns together) or a column marked `unique` repeats. The first row with a value is kept, the repeats fail. Beyond 4 million distinct values the count is an estimate and says so.",
  rules(contract, columns) {
    const rules: RowRule[] = [];
    const key = contract.key.map((name) => columns.indexOf(name));
    if (key.length > 0 && !key.includes(-1)) rules.push(uniqueRule(contract.key.join(" + "), key, null));
    for (const column of contract.columns) {
      const index = columns.indexOf(column.name);
      if (!column.unique || index === -1 || (contract.key.length === 1 && contract.key[0] === column.name)) continue;
      rules.push(uniqueRule(column.name, [index], column));
    }
    return rules;
  },
};

function uniqueRule(name: string, columns: readonly number[], contract: ColumnContract | null): RowRule {
  const seen = new SeenRows();
  const ascending = new AscendingKeys();
  let lo = new Uint32Array(0);
  let hi = new Uint32Array(0);
  return {
    column: columns.length === 1 ? name : null,
    contract,
    test(block: CheckBlock, fail) {
      if (ascending.holds) {
        if (columns.length === 1 && ascending.take(block.columns[columns[0]!]!, block.rows)) return;
        ascending.moveTo(seen);
      }
      if (lo.length < block.rows) [lo, hi] = [new Uint32Array(block.rows), new Uint32Array(block.rows)];
      hashRows(block, columns, lo, hi);
      for (let row = 0; row < block.rows; row++) if (seen.add(lo[row]!, hi[row]!)) fail(row);
    },
    example: (block, row) => columns.map((index) => block.columns[index]!.text(row)).join(", "),
    message: () =>
      `${name} must be unique: ${seen.exact ? "" : "about "}${thousands(seen.repeats)} ${seen.repeats === 1 ? "repeat" : "repeats"}, one ${columns.length === 1 ? "value" : "key"} ${thousands(seen.mostRepeated)} times`,
    reason: `repeats an earlier ${name}`,
  };
}

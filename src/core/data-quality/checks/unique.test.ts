import fc from "fast-check";
import { expect, test } from "vitest";
import { blockOf } from "../../../../test/made-check-block.ts";
import { form } from "../cell-form.ts";
import type { CheckBlock } from "../check-block.ts";
import type { Contract } from "../contract.ts";
import { noCode } from "../text-dictionary.ts";
import { uniqueCheck } from "./unique.ts";

const contract = { key: ["id"], columns: [], severity: {} } as unknown as Contract;

/** Numbers as a reader gives them: by value, without code. */
function numbered(values: readonly number[]): CheckBlock {
  const block = blockOf({ id: values.map(String) });
  const column = {
    ...block.columns[0]!,
    uniform: form.integer,
    codes: new Uint32Array(values.length).fill(noCode),
    text: (row: number) => String(values[row]),
  };
  return { ...block, columns: [column] };
}

test("repeats are found whether keys ascend, restart in a later block, or come in any order", () => {
  const keys = fc.array(fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 1, maxLength: 12 }), {
    minLength: 1,
    maxLength: 5,
  });
  const ascending = keys.map((blocks) => {
    const sorted = [...new Set(blocks.flat())].sort((a, b) => a - b);
    return [...blocks.slice(1), sorted].reverse();
  });
  fc.assert(
    fc.property(fc.oneof(keys, ascending), (blocks) => {
      const [rule] = uniqueCheck.rules(contract, ["id"]);
      const seen = new Set<number>();
      for (const values of blocks) {
        if (values.length === 0) continue;
        const failed: number[] = [];
        rule!.test(numbered(values), (row) => failed.push(row));
        const expected = values.flatMap((value, row) => (seen.has(value) || values.indexOf(value) < row ? [row] : []));
        expect(failed).toEqual(expected);
        for (const value of values) seen.add(value);
      }
    }),
  );
});

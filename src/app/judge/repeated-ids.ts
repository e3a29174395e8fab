import { Failure } from "../../core/failures.ts";
import type { TableSource } from "../ports/table-reader.ts";

/**
 * Ids must name rows: a row that comes twice counts twice.
 * @throws Failure DATA with how many rows repeat an id, and the first of them
 */
export async function refuseRepeatedIds(test: TableSource, id: readonly string[]): Promise<void> {
  if (id.length === 0) return;
  const found = await test.duplicates(id);
  if (found === null) return;
  const examples = found.examples
    .map(({ values, count }) => `${id.map((name, i) => `${name} ${values[i]}`).join(", ")} (${count} rows)`)
    .join("; ");
  throw new Failure("DATA", {
    where: test.files[0] ?? "",
    message: `${id.join(" and ")} should name one row, and ${found.rows.toLocaleString("en-US")} rows repeat another: ${examples}`,
    mend: ["remove the repeated rows, or name under columns.id what tells rows apart"],
  });
}

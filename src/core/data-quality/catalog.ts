import type { Check, RowCheck, TableCheck } from "./check.ts";
import { variantsCheck } from "./checks/category-spelling.ts";
import { columnOrderCheck, missingColumnCheck, similarNamesCheck, unknownColumnCheck } from "./checks/columns.ts";
import { fileChecks } from "./checks/file-checks.ts";
import { labelFlippedCheck, leakCheck, proportionsCheck } from "./checks/label.ts";
import { nullCheck, nullShareCheck, nullWordsCheck } from "./checks/nulls.ts";
import { rangeCheck } from "./checks/range.ts";
import { noRowsCheck, repeatsCheck, rowCountCheck, truncatedCheck } from "./checks/row-count.ts";
import { rulesCheck } from "./checks/rules.ts";
import {
  bigIntegersCheck,
  booleanSpellingsCheck,
  controlCharactersCheck,
  mixedDatesCheck,
  mixedTypesCheck,
  numberFormatCheck,
  scientificIdsCheck,
} from "./checks/shape.ts";
import { defaultValueCheck } from "./checks/default-value.ts";
import { stuckCheck } from "./checks/stuck.ts";
import { strangeValuesCheck } from "./checks/strange-values.ts";
import { swappedCheck } from "./checks/swapped.ts";
import { lengthCheck, patternCheck } from "./checks/text-shape.ts";
import { epochCheck, freshnessCheck, futureCheck, timeGapCheck, timeOrderCheck } from "./checks/time.ts";
import { typeCheck } from "./checks/type.ts";
import { columnTypeCheck } from "./checks/column-type.ts";
import { unusualAgeCheck, unusualNullsCheck, unusualValuesCheck } from "./checks/unusual.ts";
import { uniqueCheck } from "./checks/unique.ts";
import { unitCheck } from "./checks/unit.ts";
import { spellingCheck, valuesCheck } from "./checks/values.ts";

/** Every check, in the order in which findings are shown. A new one is one file in `checks/` and one line here. */
export const checks: readonly Check[] = [
  ...fileChecks,
  truncatedCheck,
  noRowsCheck,
  missingColumnCheck,
  unknownColumnCheck,
  similarNamesCheck,
  columnOrderCheck,
  rowCountCheck,
  freshnessCheck,
  unusualAgeCheck,
  timeOrderCheck,
  timeGapCheck,
  columnTypeCheck,
  typeCheck,
  mixedTypesCheck,
  numberFormatCheck,
  mixedDatesCheck,
  futureCheck,
  bigIntegersCheck,
  nullCheck,
  nullShareCheck,
  unusualNullsCheck,
  nullWordsCheck,
  rangeCheck,
  valuesCheck,
  variantsCheck,
  booleanSpellingsCheck,
  patternCheck,
  lengthCheck,
  uniqueCheck,
  proportionsCheck,
  controlCharactersCheck,
  rulesCheck,
  unitCheck,
  epochCheck,
  swappedCheck,
  stuckCheck,
  defaultValueCheck,
  strangeValuesCheck,
  labelFlippedCheck,
  leakCheck,
  unusualValuesCheck,
  spellingCheck,
  scientificIdsCheck,
  repeatsCheck,
];

export const rowChecks: readonly RowCheck[] = checks.filter((check) => check.kind === "row");
export const tableChecks: readonly TableCheck[] = checks.filter((check) => check.kind === "table");

export function severityByName(name: string): Check["severity"] {
  return checks.find((check) => check.name === name)?.severity ?? "error";
}

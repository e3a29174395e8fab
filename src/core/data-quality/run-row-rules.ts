import type { Severity } from "../findings.ts";
import { rowChecks } from "./catalog.ts";
import type { RowRule } from "./check.ts";
import type { CheckBlock } from "./check-block.ts";
import { type CheckFinding, finding, maxExamples, maxLines, shorten } from "./check-finding.ts";
import { type Contract, severityFor } from "./contract.ts";

/** Why a row is bad. */
export interface RowReason {
  readonly check: string;
  readonly column: string | null;
  readonly reason: string;
}

interface BoundRule {
  readonly check: string;
  readonly rule: RowRule;
  readonly severity: Severity;
  readonly reason: RowReason;
  count: number;
  readonly lines: number[];
  readonly examples: string[];
}

/** Runs the row checks of a contract over the blocks of one file and keeps score. */
export class RowRules {
  readonly #rules: BoundRule[];
  #rows = 0;
  /** Rows with at least one failing rule of severity `error`. */
  badRows = 0;

  constructor(contract: Contract, columns: readonly string[]) {
    this.#rules = bindRules(contract, columns);
  }

  /** How many rules are bound. */
  get count(): number {
    return this.#rules.length;
  }

  /** Adds the rules on columns that appeared after the first block; the others keep their state. */
  bind(contract: Contract, columns: readonly string[]): void {
    const known = new Set(this.#rules.map(({ check, rule }) => `${check}\0${rule.column}\0${rule.reason}`));
    this.#rules.push(
      ...bindRules(contract, columns).filter(
        ({ check, rule }) => !known.has(`${check}\0${rule.column}\0${rule.reason}`),
      ),
    );
  }
  /** The bad rows of the block with all their reasons, ascending by row. */
  run(block: CheckBlock): Map<number, RowReason[]> {
    const bad = new Map<number, RowReason[]>();
    this.#rows += block.rows;
    for (const bound of this.#rules) {
      bound.rule.test(block, (row) => {
        bound.count++;
        if (bound.lines.length < maxLines) bound.lines.push(block.lines[row]!);
        if (bound.examples.length < maxExamples) addExample(bound, block, row);
        if (bound.severity !== "error") return;
        const reasons = bad.get(row);
        if (reasons === undefined) bad.set(row, [bound.reason]);
        else reasons.push(bound.reason);
      });
    }
    this.badRows += bad.size;
    return new Map([...bad].sort((a, b) => a[0] - b[0]));
  }

  findings(): CheckFinding[] {
    return this.#rules.flatMap((bound) => {
      if (bound.count === 0) return [];
      const tally = { count: bound.count, rows: this.#rows, lines: bound.lines, examples: bound.examples };
      const soft = bound.severity === "warning" && bound.rule.soften?.(tally) === true;
      return [
        finding({
          check: bound.check,
          severity: soft ? "info" : bound.severity,
          column: bound.rule.column,
          count: bound.count,
          lines: bound.lines,
          examples: bound.examples,
          message: bound.rule.message(tally),
        }),
      ];
    });
  }
}

function bindRules(contract: Contract, columns: readonly string[]): BoundRule[] {
  return rowChecks.flatMap((check) =>
    check.rules(contract, columns).flatMap((rule) => {
      const severity = rule.severity ?? severityFor(check.name, check.severity, contract, rule.contract);
      if (severity === "off") return [];
      const reason = { check: check.name, column: rule.column, reason: rule.reason };
      return [{ check: check.name, rule, severity, reason, count: 0, lines: [], examples: [] }];
    }),
  );
}

function addExample(bound: BoundRule, block: CheckBlock, row: number): void {
  const own = bound.rule.example;
  let text = "";
  if (own !== undefined) text = own(block, row);
  else if (bound.rule.column !== null) {
    text = block.columns.find((column) => column.name === bound.rule.column)?.text(row) ?? "";
  }
  const short = shorten(text);
  if (!bound.examples.includes(short)) bound.examples.push(short);
}

import {
  atLines,
  type CheckFinding,
  counted,
  finding,
  maxExamples,
  maxLines,
  shorten,
} from "../../core/data-quality/check-finding.ts";
import { severityByName } from "../../core/data-quality/catalog.ts";
import type { Severity } from "../../core/findings.ts";

interface Problem {
  readonly check: string;
  readonly key: string;
  readonly column: string | null;
  readonly severity: Severity;
  readonly says: (count: number, where: string, examples: readonly string[]) => string;
  count: number;
  readonly lines: number[];
  readonly examples: string[];
}

/** Counts like problems of a file together, with their first lines and examples; each becomes one finding. */
export class ProblemTally {
  readonly #problems = new Map<string, Problem>();
  readonly #findings: CheckFinding[] = [];

  /**
   * @param key problems with the same check and key are one finding
   * @param says the sentence, from the count, the lines (`lines 51, 52`) and the examples
   */
  note(
    check: string,
    key: string,
    line: number,
    example: string,
    says: Problem["says"] = (count, where) => `${counted(count, "row")}: ${key} (${where})`,
    column: string | null = null,
    severity: Severity = severityByName(check),
  ): void {
    const id = `${check}\0${key}`;
    let problem = this.#problems.get(id);
    if (problem === undefined) {
      problem = { check, key, column, severity, says, count: 0, lines: [], examples: [] };
      this.#problems.set(id, problem);
    }
    problem.count++;
    if (problem.lines.length < maxLines) problem.lines.push(line);
    const short = shorten(example);
    if (problem.examples.length < maxExamples && short !== "" && !problem.examples.includes(short))
      problem.examples.push(short);
  }

  add(parts: Parameters<typeof finding>[0]): void {
    this.#findings.push(finding(parts));
  }

  has(check: string): boolean {
    return this.findings().some((entry) => entry.check === check);
  }

  findings(): CheckFinding[] {
    const tallied = [...this.#problems.values()].map((problem) =>
      finding({
        check: problem.check,
        severity: problem.severity,
        column: problem.column,
        count: problem.count,
        lines: problem.lines,
        examples: problem.examples,
        message: problem.says(problem.count, atLines(problem.lines, problem.count, 10), problem.examples),
      }),
    );
    return [...this.#findings, ...tallied];
  }
}

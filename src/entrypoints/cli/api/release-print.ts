import type { z } from "zod";
import { spanText } from "../../../core/rollout/guardrail-check.ts";
import type { releasePlanSchema, releaseViewSchema } from "../../../schemas/api/release-schemas.ts";
import { printSentence, type Terminal } from "../terminal.ts";
import { printRows, timeWords } from "./table.ts";

export type ReleaseView = z.infer<typeof releaseViewSchema>;
export type ReleasePlan = z.infer<typeof releasePlanSchema>;

/** Where a release is, on which evidence, and what it asks. */
export function printRelease(terminal: Terminal, view: ReleaseView, all: boolean): void {
  const { paint } = terminal;
  terminal.print(` ${paint.strong(`${view.model}: ${view.challenger} against ${view.champion}`)}   ${view.at}`);
  printRows(terminal, stageRows(view, view.phase, view.position));
  for (const { cohort, version } of view.returned) terminal.print(` ${cohort} was taken back to ${version}`);
  printKept(terminal, view.champion, view.kept);
  const { analysis } = view;
  if (view.problem !== null) printSentence(terminal, ` no numbers: ${view.problem}`);
  if (analysis !== null) {
    terminal.print("");
    printSentence(terminal, ` ${analysis.outcome}: ${analysis.reason}`);
    const rows = analysis.checks.map((check) => [
      mark(check.outcome),
      check.name,
      `${figure(check.control)} → ${figure(check.treatment)}`,
      // In the words of the decisions: a ratio of times is computed on the log scale, and nobody reads that.
      check.reason.replace(`${check.name}: `, ""),
      check.units > 0 ? `${check.units.toLocaleString("en-US")} units` : "",
    ]);
    printRows(terminal, rows);
  }
  if (view.question !== null) {
    terminal.print("");
    printSentence(terminal, ` it asks: ${view.question.text}`);
    const may = approversOfNext(view);
    if (may.length > 0) terminal.print(`   a yes is taken from ${may.join(", ")}`);
    terminal.print(`   umpire release approve ${view.model} --evidence ${view.question.evidence.slice(0, 16)}`);
    terminal.print(`   umpire rollback ${view.model}`);
  }
  terminal.print("");
  for (const decision of all ? view.decisions : view.decisions.slice(-4)) {
    printSentence(terminal, ` ${timeWords(decision.at)}  ${decision.by}  ${decision.decision}: ${decision.reason}`);
  }
}

/** Cohorts where the challenger lost: their units stay, inside larger cohorts too. */
function printKept(terminal: Terminal, champion: string, kept: readonly string[]): void {
  if (kept.length > 0) printSentence(terminal, ` kept on ${champion} until somebody consents: ${kept.join(", ")}`);
}

/** Whose yes is taken for the stage that comes next; none where anybody's of the role is. */
function approversOfNext({ stages, position }: ReleaseView): readonly string[] {
  const here = stages[position.stage];
  const last = here !== undefined && position.step === here.shares.length - 1;
  return stages[last || here === undefined ? position.stage + 1 : position.stage]?.approve ?? [];
}

export function printPlan(terminal: Terminal, plan: ReleasePlan): void {
  terminal.print(` ${terminal.paint.strong(`${plan.model}: ${plan.challenger} against ${plan.champion}`)}`);
  for (const note of plan.notes) printSentence(terminal, ` ${note}`);
  printRows(terminal, stageRows(plan, "draft"));
  const reasons = new Set(plan.forecast.flatMap(({ reason }) => reason ?? []));
  for (const reason of reasons) printSentence(terminal, ` how long: ${reason}`);
  printKept(terminal, plan.champion, plan.guarded);
}

function stageRows(
  plan: Pick<ReleasePlan, "stages" | "forecast">,
  phase: string,
  position?: ReleaseView["position"],
): string[][] {
  const over = phase === "full" || phase === "done";
  return plan.stages.flatMap((stage, s) =>
    stage.shares.map((share, step) => {
      const expected = plan.forecast.find((one) => one.stage === s && one.step === step);
      const open = over || stage.open >= share;
      const here = !over && position?.stage === s && position.step === step;
      return [
        phase === "rolled-back" ? " " : here ? (open ? "→" : "?") : open ? "✓" : "·",
        stage.cohort,
        `${Math.round(share * 1000) / 10}%`,
        expectedText(expected),
        step === 0 ? `${stage.reason}${stage.unproven.length > 0 ? "; takes consent" : ""}` : "",
      ];
    }),
  );
}

function expectedText(expected: ReleasePlan["forecast"][number] | undefined): string {
  if (expected === undefined || expected.units === null) return "not known how long";
  const units = `${expected.units.toLocaleString("en-US")} units`;
  const { days, daysLow = null, daysHigh = null, because, fits } = expected;
  if (days === null) return units;
  const time = (span: number): string => spanText(Math.max(60_000, span * 86_400_000));
  const range = daysLow === null ? "" : ` (${time(daysLow)} to ${daysHigh === null ? "not known" : time(daysHigh)})`;
  return `${units}, about ${time(days)}${range}, by ${because}${fits ? "" : ": longer than its most time"}`;
}

function mark(outcome: string): string {
  return { clear: "✓", breach: "✗", none: " " }[outcome] ?? "?";
}

function figure(value: number | null): string {
  return value === null ? "–" : String(Number(value.toPrecision(3)));
}

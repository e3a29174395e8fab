import type { z } from "zod";
import type { releasePlanSchema, releaseViewSchema } from "../../../schemas/api/release-schemas.ts";
import type { Terminal } from "../terminal.ts";
import { alignedRows, timeWords } from "./table.ts";

export type ReleaseView = z.infer<typeof releaseViewSchema>;
export type ReleasePlan = z.infer<typeof releasePlanSchema>;

/** Where a release is, on which evidence, and what it asks. */
export function printRelease(terminal: Terminal, view: ReleaseView, all: boolean): void {
  const { paint } = terminal;
  terminal.print(` ${paint.strong(`${view.model}: ${view.challenger} against ${view.champion}`)}   ${view.at}`);
  for (const line of stageLines(view, view.phase)) terminal.print(line);
  for (const { cohort, version } of view.returned) terminal.print(` ${cohort} was taken back to ${version}`);
  const { analysis } = view;
  if (view.problem !== null) terminal.print(` no numbers: ${view.problem}`);
  if (analysis !== null) {
    terminal.print("");
    terminal.print(` ${analysis.outcome}: ${analysis.reason}`);
    const rows = analysis.checks.map((check) => [
      mark(check.outcome),
      check.name,
      `${figure(check.control)} → ${figure(check.treatment)}`,
      check.low === null && check.high === null
        ? check.reason
        : `harm ${figure(check.low)} to ${figure(check.high)}, ${figure(check.margin)} is tolerated`,
    ]);
    for (const line of alignedRows(rows)) terminal.print(line);
  }
  if (view.question !== null) {
    terminal.print("");
    terminal.print(` ${paint.strong("it asks:")} ${view.question.text}`);
    terminal.print(`   umpire release approve ${view.model} --evidence ${view.question.evidence.slice(0, 16)}`);
    terminal.print(`   umpire rollback ${view.model}`);
  }
  terminal.print("");
  for (const decision of all ? view.decisions : view.decisions.slice(-4)) {
    terminal.print(` ${timeWords(decision.at)}  ${decision.by}  ${decision.decision}: ${decision.reason}`);
  }
}

export function printPlan(terminal: Terminal, plan: ReleasePlan): void {
  terminal.print(` ${terminal.paint.strong(`${plan.model}: ${plan.challenger} against ${plan.champion}`)}`);
  for (const note of plan.notes) terminal.print(` ${note}`);
  for (const line of stageLines(plan, "draft")) terminal.print(line);
  if (plan.guarded.length > 0)
    terminal.print(` kept on ${plan.champion} until somebody consents: ${plan.guarded.join(", ")}`);
}

function stageLines(plan: Pick<ReleasePlan, "stages" | "forecast">, phase: string): string[] {
  const over = phase === "full" || phase === "done";
  const rows = plan.stages.flatMap((stage, s) =>
    stage.shares.map((share, step) => {
      const expected = plan.forecast.find((one) => one.stage === s && one.step === step);
      const open = over || stage.open >= share;
      return [
        phase === "rolled-back" ? " " : open ? "✓" : "·",
        stage.cohort,
        `${Math.round(share * 1000) / 10}%`,
        expectedText(expected),
        step === 0 ? `${stage.reason}${stage.unproven.length > 0 ? "; takes consent" : ""}` : "",
      ];
    }),
  );
  return alignedRows(rows);
}

function expectedText(expected: ReleasePlan["forecast"][number] | undefined): string {
  if (expected === undefined || expected.units === null) return "not known how long";
  const units = `${expected.units.toLocaleString("en-US")} units`;
  if (expected.days === null) return units;
  const time = expected.days < 1 ? `${(expected.days * 24).toFixed(1)} h` : `${expected.days.toFixed(1)} d`;
  return `${units}, about ${time} (${expected.because})${expected.fits ? "" : ": longer than its most time"}`;
}

function mark(outcome: string): string {
  return { clear: "✓", breach: "✗", none: " " }[outcome] ?? "?";
}

function figure(value: number | null): string {
  return value === null ? "–" : String(Number(value.toPrecision(3)));
}

import { encodeVerdictRecord } from "../../core/gates/verdict-record.ts";
import { renderJUnit } from "../../core/report/junit.ts";
import { renderMarkdown } from "../../core/report/markdown.ts";
import type { ReportEvidence } from "../../core/report/report-evidence.ts";
import { policySource } from "../../schemas/policy-source.ts";
import type { OutputFolder } from "../ports/output-folder.ts";
import { reportHtml } from "../report/report-html.ts";
import type { Judgement } from "./judge.ts";
import type { PolicyOnDisk } from "./read-policy.ts";

/** When and where a verdict was reached: kept apart, so that the verdict itself has no clock, host or path. */
export interface Run {
  readonly schema: "umpire.run/1";
  readonly started: string;
  readonly seconds: number;
  readonly policy: string;
  readonly workingDirectory: string;
  readonly host: string;
  readonly node: string;
  readonly data: readonly string[];
}

/** JSON as all documents of the product are written: two spaces, a line end. */
export function documentText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** What the reports of a judgement are made from. */
export function reportEvidence(judgement: Judgement, policy: Pick<PolicyOnDisk, "name" | "text">): ReportEvidence {
  const { verdict, prepared, curves } = judgement;
  const { values, gate } = prepared.input;
  return { verdict, foldValues: values, gate, curves, policy: policySource(policy.name, policy.text) };
}

/**
 * Writes the verdict, the evidence that it can be recomputed from, and the reports: all or none.
 * @param wouldFlip lines on the smallest change that gives another decision
 * @returns names of the files, the ones that people open first
 */
export async function writeJudgement(
  judgement: Judgement,
  report: ReportEvidence,
  policy: Pick<PolicyOnDisk, "name" | "text">,
  run: Run,
  folder: OutputFolder,
  wouldFlip: readonly string[] = [],
): Promise<string[]> {
  const { verdict, input, curves } = judgement;
  const files = new Map<string, string | Uint8Array>([
    ["verdict.json", documentText(verdict)],
    ["report.html", await reportHtml(report)],
    ["report.md", renderMarkdown(verdict, { wouldFlip })],
    ["junit.xml", renderJUnit(verdict)],
    ["evidence.bin", encodeVerdictRecord({ input, curves, policy: { name: policy.name, text: policy.text } })],
    ["run.json", documentText(run)],
  ]);
  await folder.write(files);
  return [...files.keys()];
}

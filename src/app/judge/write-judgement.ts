import { encodeVerdictRecord } from "../../core/gates/verdict-record.ts";
import { renderJUnit } from "../../core/report/junit.ts";
import { renderMarkdown } from "../../core/report/markdown.ts";
import type { OutputFolder } from "../ports/output-folder.ts";
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

/**
 * Writes the verdict, the evidence that it can be recomputed from, and the reports: all or none.
 * @returns names of the files, the ones that people open first
 */
export async function writeJudgement(
  judgement: Judgement,
  policy: Pick<PolicyOnDisk, "text">,
  run: Run,
  reportHtml: string,
  folder: OutputFolder,
): Promise<string[]> {
  const { verdict, input } = judgement;
  const files = new Map<string, string | Uint8Array>([
    ["verdict.json", documentText(verdict)],
    ["report.html", reportHtml],
    ["report.md", renderMarkdown(verdict)],
    ["junit.xml", renderJUnit(verdict)],
    ["evidence.bin", encodeVerdictRecord(input, policy.text)],
    ["run.json", documentText(run)],
  ]);
  await folder.write(files);
  return [...files.keys()];
}

import { appendFileSync } from "node:fs";
import type { Verdict } from "../../core/gates/verdict.ts";
import { renderMarkdown } from "../../core/report/markdown.ts";

/**
 * Tells the pipeline that runs this: on GitHub Actions the verdict goes into the job summary, `decision` into the
 * step's outputs, and a verdict that does not pass becomes an annotation on the policy file. Elsewhere does nothing.
 */
export function tellPipeline(
  verdict: Verdict,
  policyPath: string,
  environment: NodeJS.ProcessEnv,
  annotate: (line: string) => void,
): void {
  const { GITHUB_ACTIONS, GITHUB_STEP_SUMMARY, GITHUB_OUTPUT } = environment;
  if (GITHUB_ACTIONS !== "true") return;
  if (GITHUB_STEP_SUMMARY) appendFileSync(GITHUB_STEP_SUMMARY, `${renderMarkdown(verdict)}\n`);
  if (GITHUB_OUTPUT) appendFileSync(GITHUB_OUTPUT, `verdict=${verdict.decision}\n`);
  if (verdict.decision === "pass") return;
  const level = verdict.decision === "fail" ? "error" : "warning";
  annotate(`::${level} file=${property(policyPath)},title=${property(verdict.model)}::${data(verdict.reason)}`);
}

function data(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function property(text: string): string {
  return data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}

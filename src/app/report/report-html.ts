import { renderHtml } from "../../core/report/html.ts";
import type { ReportEvidence } from "../../core/report/report-evidence.ts";
import { pageAssets } from "./page-assets.ts";

/** The text of report.html. @throws Failure FILE_MISSING where the page's script was not shipped */
export async function reportHtml(evidence: ReportEvidence): Promise<string> {
  return renderHtml(evidence, await pageAssets("report"));
}

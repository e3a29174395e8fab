import type { StageResult } from "../../../app/stress/run-stage.ts";
import type { StressReport } from "../../../app/stress/run-stress.ts";

/** The report for people: the decision, the peak, the knee, what is needed. */
export function stressText(report: StressReport, expected: number, times: number): string {
  const words = { pass: "PASS", fail: "FAIL", "not-enough-data": "NOT ENOUGH DATA", "not-evaluated": "NOT EVALUATED" };
  const lines = [`${words[report.decision]}  ${report.reason}`, ""];
  lines.push("  volume/s  answered/s        p50        p99      p99.9     errors       shed     memory");
  lines.push(stageLine(report.peak, `  ${times} times the expected ${expected} a second`));
  for (const stage of report.stages) lines.push(stageLine(stage, ""));
  if (report.problem !== null) lines.push("", `first request without an answer: ${report.problem}`);
  lines.push("");
  if (report.knee !== null) {
    const bound = report.kneeIsBound ? "at least " : "";
    lines.push(`knee: ${bound}${report.knee.toFixed(0)} requests a second within the limits`);
  }
  if (report.replicas !== null) {
    const { expected: few, peak, load } = report.replicas;
    const many = peak === few ? "" : `, ${peak} for ${times} times as much`;
    lines.push(`replicas: ${few} for the expected volume${many}, each at ${load * 100}% of the knee`);
  }
  return lines.join("\n");
}

/** One line while the stages run. */
export function stageLine(stage: StageResult, what: string): string {
  const { outcomes, latency, memory } = stage;
  const milliseconds = (value: number | null): string => (value === null ? "-" : `${value.toFixed(1)} ms`);
  const due = Math.max(1, stage.offered * stage.seconds);
  const share = (count: number): string => `${((count / due) * 100).toFixed(2)}%`;
  const cells = [
    stage.offered.toFixed(0).padStart(10),
    stage.throughput.toFixed(0).padStart(12),
    milliseconds(latency.p50).padStart(11),
    milliseconds(latency.p99).padStart(11),
    milliseconds(latency.p999).padStart(11),
    share(outcomes.error + outcomes.timeout).padStart(11),
    share(outcomes.shed).padStart(11),
    (memory === null ? "-" : `${(memory / 1048576).toFixed(0)} MiB`).padStart(11),
  ];
  return `${cells.join("")}${what}`;
}

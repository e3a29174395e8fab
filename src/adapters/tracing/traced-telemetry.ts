import { trace } from "@opentelemetry/api";
import type { PredictionLabels, ServingTelemetry } from "../../app/ports/serving-telemetry.ts";

/**
 * Tells the active span of OpenTelemetry, where the user brought an SDK, what was counted: which version answered and
 * why another one had to. Without an SDK there is no span and nothing happens.
 */
export function tracedTelemetry<T extends ServingTelemetry>(telemetry: T): T {
  return {
    ...telemetry,
    prediction(labels: PredictionLabels, rows: number, seconds: number) {
      telemetry.prediction(labels, rows, seconds);
      const span = trace.getActiveSpan();
      if (span === undefined) return;
      span.setAttributes({
        "umpire.model.name": labels.model,
        "umpire.model.version": labels.version,
        "umpire.model.variant": labels.variant,
      });
      span.addEvent("feature_flag.evaluation", {
        "feature_flag.key": labels.model,
        "feature_flag.result.variant": labels.version,
        "feature_flag.result.reason": labels.variant === "champion" ? "default" : "split",
        "feature_flag.provider.name": "umpire",
      });
    },
    fallback(model: string, reason: string) {
      telemetry.fallback(model, reason);
      trace.getActiveSpan()?.setAttribute("umpire.model.fallback.reason", reason);
    },
  };
}

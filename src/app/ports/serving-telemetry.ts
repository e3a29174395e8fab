/** What the gateway counts. Labels are names of models and versions, never anything that a client sent. */
export interface ServingTelemetry {
  prediction(labels: PredictionLabels, rows: number, seconds: number): void;
  fallback(model: string, reason: string): void;
  shadow(model: string, version: string, outcome: "answered" | "failed" | "dropped"): void;
  shed(reason: string): void;
  rejected(model: string, check: string): void;
  override(model: string, kind: string): void;
  label(outcome: string): void;
}

export interface PredictionLabels {
  readonly model: string;
  readonly version: string;
  readonly variant: string;
  /** `rejected` by the contract, `invalid`: no model can read it; `error`: no version could answer, or the log not keep it. */
  readonly outcome: "ok" | "fallback" | "rejected" | "invalid" | "error";
}

import type { PredictionLabels, ServingTelemetry } from "../../app/ports/serving-telemetry.ts";

export interface PrometheusTelemetry extends ServingTelemetry {
  /** The exposition text and its content type. */
  expose(): Promise<{ readonly text: string; readonly contentType: string }>;
  /** A number that is asked for when the page is read. */
  gauge(name: string, help: string, read: () => number): void;
}

const latencyBuckets = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5];

/** Counts for Prometheus. Labels are looked up once per combination, since a lookup costs more than the count. */
export async function createPrometheusTelemetry(): Promise<PrometheusTelemetry> {
  const { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } = await import("prom-client");
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const names = ["model", "version", "variant", "outcome"] as const;
  const predictions = new Counter({
    name: "umpire_predictions_total",
    help: "Predictions asked for, by who answered and how it ended; of those without an answer version and variant are none.",
    labelNames: names,
    registers,
  });
  const seconds = new Histogram({
    name: "umpire_prediction_duration_seconds",
    help: "From the request's being read to its answer's being logged.",
    labelNames: ["model", "version"] as const,
    buckets: latencyBuckets,
    registers,
  });
  const counter = (name: string, help: string, labelNames: readonly string[]): InstanceType<typeof Counter> =>
    new Counter({ name, help, labelNames: [...labelNames], registers });
  const fallbacks = counter(
    "umpire_fallback_total",
    "Times that a version could not answer, whether another one did or none.",
    ["model", "reason"],
  );
  const shadows = counter("umpire_shadow_total", "Copies shown to shadows.", ["model", "version", "outcome"]);
  const sheds = counter("umpire_shed_total", "Requests refused because there were too many.", ["reason"]);
  const refusals = counter("umpire_rejected_total", "Records refused by the contract.", ["model", "check"]);
  const overrides = counter("umpire_overrides_total", "Answers that an override changed.", ["model", "kind"]);
  const labels = counter("umpire_labels_total", "Calls that brought labels.", ["outcome"]);
  const known = new Map<string, { count: { inc(by: number): void }; time: { observe(value: number): void } }>();
  const childrenOf = ({ model, version, variant, outcome }: PredictionLabels) => {
    const key = `${model}\n${version}\n${variant}\n${outcome}`;
    let children = known.get(key);
    if (children === undefined) {
      children = {
        count: predictions.labels(model, version, variant, outcome),
        time: seconds.labels(model, version),
      };
      known.set(key, children);
    }
    return children;
  };
  return {
    prediction(of, rows, duration) {
      const children = childrenOf(of);
      children.count.inc(rows);
      children.time.observe(duration);
    },
    fallback: (model, reason) => fallbacks.labels(model, reason).inc(),
    shadow: (model, version, outcome) => shadows.labels(model, version, outcome).inc(),
    shed: (reason) => sheds.labels(reason).inc(),
    rejected: (model, check) => refusals.labels(model, check).inc(),
    override: (model, kind) => overrides.labels(model, kind).inc(),
    label: (outcome) => labels.labels(outcome).inc(),
    expose: async () => ({ text: await registry.metrics(), contentType: registry.contentType }),
    gauge: (name, help, read) => {
      const gauge = new Gauge({
        name,
        help,
        registers,
        collect() {
          this.set(read());
        },
      });
      gauge.set(read());
    },
  };
}

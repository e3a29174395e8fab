import { RequestFailure } from "../../core/serving/feature-record.ts";
import type { LabelEvent } from "../../core/serving/prediction-event.ts";
import type { Clock } from "../ports/clock.ts";
import type { PredictionLog } from "../ports/prediction-log.ts";
import type { ServingTelemetry } from "../ports/serving-telemetry.ts";

/** A label as a door or a file brings it. */
export interface GivenLabel {
  readonly id: string | null;
  readonly key: string | null;
  readonly model: string | null;
  readonly item: string | null;
  readonly name: string | null;
  readonly label: unknown;
  readonly time: number | null;
  readonly source: string | null;
}

export interface LabelOutcome {
  readonly accepted: number;
  /** The very same label was brought before, of late: nothing new was written. */
  readonly repeated: number;
}

/** Labels brought in the last while, so that a retry of the same call writes nothing twice. */
const remembered = 100_000;

/** Takes labels in: late, partial, corrected, repeated. All are kept; which one stands is decided when they are joined. */
export class LabelIntake {
  readonly #log: PredictionLog;
  readonly #telemetry: Pick<ServingTelemetry, "label">;
  readonly #clock: Clock;
  readonly #seen = new Set<string>();

  constructor(log: PredictionLog, telemetry: Pick<ServingTelemetry, "label">, clock: Clock) {
    this.#log = log;
    this.#telemetry = telemetry;
    this.#clock = clock;
  }

  /** @throws RequestFailure naming the first label that is none; then nothing is kept */
  async take(labels: readonly GivenLabel[]): Promise<LabelOutcome> {
    const at = this.#clock.now();
    const events = labels.map((label, i) => labelEvent(label, i, at));
    const fresh = events.filter((event, i) => labels[i]!.time === null || !this.#seen.has(identity(event)));
    await this.#log.append(fresh);
    for (const event of fresh) this.#remember(identity(event));
    if (fresh.length > 0) this.#telemetry.label("accepted");
    if (fresh.length < events.length) this.#telemetry.label("repeated");
    return { accepted: fresh.length, repeated: events.length - fresh.length };
  }

  #remember(identityText: string): void {
    this.#seen.add(identityText);
    if (this.#seen.size <= remembered) return;
    // Sets keep their order: the first is the oldest.
    this.#seen.delete(this.#seen.values().next().value!);
  }
}

function identity(event: LabelEvent): string {
  return JSON.stringify([event.id, event.key, event.item, event.model, event.name, event.label, event.time]);
}

function labelEvent(given: GivenLabel, index: number, at: number): LabelEvent {
  const { label } = given;
  if (given.id === null && given.key === null) {
    throw new RequestFailure(`label ${index + 1} has neither \`id\` (of the prediction) nor \`key\` (your own)`);
  }
  const plain = label === null || typeof label === "string" || typeof label === "boolean" || isFinite(label);
  if (!plain) throw new RequestFailure(`label ${index + 1}: \`label\` is a number, a text, true, false or null`);
  return {
    kind: "label",
    id: given.id,
    key: given.key,
    item: given.item,
    model: given.model,
    name: given.name ?? "label",
    label,
    time: given.time ?? at,
    at,
    source: given.source,
  };
}

function isFinite(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

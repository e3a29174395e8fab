import { createHmac, randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { FeatureRecord } from "../../core/serving/feature-record.ts";
import type { LogEvent } from "../../core/serving/prediction-event.ts";
import type { FeatureStep, PreparedFeature } from "../../core/serving/prepare-record.ts";

/** What of a model's configuration says where a value of a record is found again in an event. */
export interface RedactedModel {
  readonly columns: Readonly<Record<"unit" | "group" | "item" | "id", string | null>>;
  readonly prepare: readonly PreparedFeature[];
}

export interface RedactionRules {
  /** Columns that are not kept. `unit`, `group`, `item` and `key` name those of the request where no column has that meaning. */
  readonly redact: readonly string[];
  /** Columns that are kept as a keyed hash: equal values stay equal, and none can be guessed without the key. */
  readonly hash: readonly string[];
  /** All models, and one by its name; asked when events come, since models come and go. */
  readonly names: () => readonly string[];
  readonly model: (name: string) => RedactedModel | undefined;
}

type Treatment = "redact" | "hash" | undefined;

/** What takes out of an event what the policy does not let be kept; undefined where the policy keeps everything. */
export function createRedaction(rules: RedactionRules, key: () => Buffer): ((event: LogEvent) => LogEvent) | undefined {
  if (rules.redact.length === 0 && rules.hash.length === 0) return undefined;
  const secret = key();
  const hashed = (value: unknown): string =>
    createHmac("sha256", secret)
      .update(typeof value === "string" ? value : (JSON.stringify(value) ?? ""))
      .digest("hex")
      .slice(0, 32);
  const treat = <T>(value: T | null, treatment: Treatment): T | string | null => {
    if (value === null || treatment === undefined) return value;
    return treatment === "redact" ? null : hashed(value);
  };
  const plain = treatmentsOf(rules, undefined);
  const known = new Map<RedactedModel["columns"], ReturnType<typeof treatmentsOf>>();
  const treatmentsFor = (name: string): ReturnType<typeof treatmentsOf> => {
    const model = rules.model(name);
    if (model === undefined) return plain;
    let found = known.get(model.columns);
    if (found === undefined) {
      found = treatmentsOf(rules, model);
      known.set(model.columns, found);
    }
    return found;
  };
  const clean = (record: FeatureRecord | null, columns: ReadonlyMap<string, Treatment>): FeatureRecord | null => {
    if (record === null) return null;
    const kept: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(record)) {
      const treatment = columns.get(name);
      if (treatment !== "redact") kept[name] = treat(value, treatment);
    }
    return kept;
  };
  return (event) => {
    const { columns, names } = event.model === null ? plain : treatmentsFor(event.model);
    switch (event.kind) {
      case "quarantine":
        return {
          ...event,
          record: clean(event.record, columns),
          problems: event.problems.map((problem) => withoutValue(problem, columns)),
        };
      case "label": {
        const own = event.model === null ? commonNames(rules.names().map(treatmentsFor), names) : names;
        return { ...event, key: treat(event.key, own.key), item: treat(event.item, own.item) };
      }
      case "shadow":
        return event;
      case "prediction":
      case "test":
        return {
          ...event,
          key: treat(event.key, names.key),
          unit: treat(event.unit, names.unit),
          group: treat(event.group, names.group),
          item: treat(event.item, names.item),
          raw: clean(event.raw, columns),
          prepared: clean(event.prepared, columns),
          context: clean(event.context, columns),
        };
    }
  };
}

type NameTreatments = Readonly<Record<"unit" | "group" | "item" | "key", Treatment>>;

function treatmentsOf(
  { redact, hash }: RedactionRules,
  model: RedactedModel | undefined,
): { readonly columns: ReadonlyMap<string, Treatment>; readonly names: NameTreatments } {
  const columns = new Map<string, Treatment>([
    ...hash.map((name) => [name, "hash"] as const),
    ...redact.map((name) => [name, "redact"] as const),
  ]);
  const { unit, group, item, id } = model?.columns ?? { unit: null, group: null, item: null, id: null };
  const names = {
    unit: columns.get(unit ?? "unit"),
    group: columns.get(group ?? "group"),
    // Without a column of its own an item is known by the id.
    item: columns.get(item ?? id ?? "item"),
    key: columns.get(id ?? group ?? "key"),
  };
  for (const { feature, step } of model?.prepare ?? []) {
    if ("from" in step && tellsItsSource.has(step.kind) && columns.has(step.from))
      columns.set(feature, columns.get(step.from));
  }
  return { columns, names };
}

/** Steps whose outcome is the value that went in, or tells it. */
const tellsItsSource: ReadonlySet<FeatureStep["kind"]> = new Set(["copy", "linear", "log1p", "clip", "lower", "fill"]);

/** A label that names no model is treated as any model's may have to be. */
function commonNames(models: readonly { readonly names: NameTreatments }[], usual: NameTreatments): NameTreatments {
  const find = (name: keyof NameTreatments): Treatment =>
    models.map(({ names }) => names[name]).find((treatment) => treatment !== undefined) ?? usual[name];
  return { unit: find("unit"), group: find("group"), item: find("item"), key: find("key") };
}

/** `age is 200, above 120` without the 200, where the column is not kept as it is. */
function withoutValue(problem: string, columns: ReadonlyMap<string, Treatment>): string {
  for (const [name, treatment] of columns) {
    if (treatment === undefined || !problem.startsWith(`${name} is `)) continue;
    return / is (missing|null)\b/.test(problem.slice(name.length)) ? problem : `${name} is not as it should be`;
  }
  return problem;
}

/** The key of the hashes, made once and kept beside the gateway's state. */
export function hashKey(folder: string): Buffer {
  const path = join(folder, "hash.key");
  try {
    return readFileSync(path);
  } catch {
    mkdirSync(folder, { recursive: true });
    const key = randomBytes(32);
    // Another process may have made it meanwhile: then that one counts.
    try {
      writeFileSync(path, key, { mode: 0o600, flag: "wx" });
    } catch {
      return readFileSync(path);
    }
    return key;
  }
}

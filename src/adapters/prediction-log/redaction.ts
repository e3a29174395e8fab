import { createHmac, randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { FeatureRecord } from "../../core/serving/feature-record.ts";
import type { LogEvent } from "../../core/serving/prediction-event.ts";

export interface RedactionRules {
  /** Columns that are not kept. */
  readonly redact: readonly string[];
  /** Columns that are kept as a keyed hash: equal values stay equal, and none can be guessed without the key. */
  readonly hash: readonly string[];
  /** Which column stands behind `unit`, `group` and `item` of an event, per model. */
  readonly columns: ReadonlyMap<
    string,
    { readonly unit: string | null; readonly group: string | null; readonly item: string | null }
  >;
}

/** What takes out of an event what the policy does not let be kept; undefined where the policy keeps everything. */
export function createRedaction(rules: RedactionRules, key: () => Buffer): ((event: LogEvent) => LogEvent) | undefined {
  if (rules.redact.length === 0 && rules.hash.length === 0) return undefined;
  const redact = new Set(rules.redact);
  const hash = new Set(rules.hash);
  const secret = key();
  const hashed = (value: unknown): string =>
    createHmac("sha256", secret)
      .update(typeof value === "string" ? value : (JSON.stringify(value) ?? ""))
      .digest("hex")
      .slice(0, 32);
  const clean = (record: FeatureRecord | null): FeatureRecord | null => {
    if (record === null) return null;
    const kept: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(record)) {
      if (redact.has(name)) continue;
      kept[name] = hash.has(name) && value !== null ? hashed(value) : value;
    }
    return kept;
  };
  const name = (value: string | null, column: string | null): string | null => {
    if (value === null || column === null) return value;
    if (redact.has(column)) return null;
    return hash.has(column) ? hashed(value) : value;
  };
  return (event) => {
    if (event.kind === "quarantine") return { ...event, record: clean(event.record) };
    if (event.kind !== "prediction") return event;
    const columns = rules.columns.get(event.model);
    return {
      ...event,
      unit: name(event.unit, columns?.unit ?? null),
      group: name(event.group, columns?.group ?? null),
      item: name(event.item, columns?.item ?? null),
      raw: clean(event.raw),
      prepared: clean(event.prepared),
      context: clean(event.context),
    };
  };
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

import { resolve } from "node:path";
import type { GatewayFile } from "../../schemas/gateway/gateway-file.ts";
import { sizeBytes, spanMilliseconds } from "../../schemas/gateway/parse-gateway.ts";
import type { Report } from "../../schemas/policy/parse-condition.ts";
import type { Path } from "../../schemas/yaml-source.ts";
import type { LogConfig } from "./gateway-config.ts";
import { type GatewayLimits, usualLimits } from "./gateway-limits.ts";

/** The bounds of a gateway, its own where the file says none. */
export function limitsOf({ limits }: GatewayFile, report: Report): GatewayLimits {
  const size = (value: string | number | undefined, key: string, usual: number): number => {
    if (value === undefined) return usual;
    const bytes = sizeBytes(value);
    if (bytes === null)
      report({ path: ["gateway", "limits", key], message: `is ${value}; it takes a size such as 64KB, 16MB` });
    return bytes ?? usual;
  };
  return {
    ...usualLimits,
    body: size(limits?.body, "body", usualLimits.body),
    headers: size(limits?.headers, "headers", usualLimits.headers),
    batch: limits?.batch ?? usualLimits.batch,
    elements: limits?.elements ?? usualLimits.elements,
    concurrency: limits?.concurrency ?? usualLimits.concurrency,
    connections: limits?.connections ?? usualLimits.connections,
  };
}

/** Where and how a gateway logs. @param out folder of what is written, where the file names none */
export function logOf(
  { log }: GatewayFile,
  out: string,
  resolvePath: (path: string) => string,
  report: Report,
): LogConfig {
  const span = (value: string | number | undefined, key: Path, example: string): number | null => {
    const milliseconds = value === undefined ? null : spanMilliseconds(value);
    if (value !== undefined && milliseconds === null)
      report({ path: ["gateway", "log", ...key], message: `is ${value}; it takes a span such as ${example}` });
    return milliseconds;
  };
  const retention = span(log?.retention, ["retention"], "180d");
  if (retention !== null && log?.rotate === false) {
    report({
      path: ["gateway", "log", "retention"],
      message: "removes days of Parquet, and `rotate: false` makes none: nothing would ever be removed",
      mend: ["rotate: true"],
    });
  }
  const size = log?.segment?.size;
  const bytes = size === undefined ? null : sizeBytes(size);
  if (size !== undefined && bytes === null)
    report({ path: ["gateway", "log", "segment", "size"], message: `is ${size}; it takes a size such as 64MB` });
  return {
    folder: log?.folder === undefined ? resolve(out, "predictions") : resolvePath(log.folder),
    mode: log?.mode ?? "written",
    segmentBytes: bytes ?? 64 * 1024 * 1024,
    segmentMilliseconds: span(log?.segment?.age, ["segment", "age"], "5m") ?? 300_000,
    redact: log?.redact ?? [],
    hash: log?.hash ?? [],
    retentionDays: retention === null ? null : retention / 86_400_000,
    rotate: log?.rotate ?? true,
  };
}

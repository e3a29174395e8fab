import { Failure } from "../../core/failures.ts";
import { policyFailure } from "../policy/parse-policy.ts";
import { readSection } from "../policy/read-section.ts";
import { readYaml, type YamlSource } from "../yaml-source.ts";
import { type GatewayFile, gatewayFile } from "./gateway-file.ts";

export interface ParsedGateway {
  readonly gateway: GatewayFile;
  /** Model name, columns and models of the policy around it, unread: what the gateway serves where it names no models. */
  readonly policy: Readonly<Record<string, unknown>>;
  readonly source: YamlSource;
}

/**
 * Reads the `gateway` section of `umpire.yaml`; a file without one serves the policy's own models.
 * @throws Failure POLICY with line and column
 */
export function parseGateway(text: string, file: string): ParsedGateway {
  const source = readYaml(text, file);
  if (source.problems.length > 0) throw policyFailure(source.problems, source);
  const { value } = source;
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Failure("POLICY", {
      where: `${file}:1:1`,
      message: "the file holds no keys",
      mend: ["gateway: { models: … }"],
    });
  }
  const policy = value as Record<string, unknown>;
  const gateway = readSection(source, "gateway", gatewayFile) ?? gatewayFile.parse({});
  return { gateway, policy, source };
}

const spanUnits: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const sizeUnits: Readonly<Record<string, number>> = { "": 1, B: 1, KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3 };

/** Milliseconds of `200ms`, `5s`, `10m`, `12h`, `30d`, or of a number of milliseconds; null where it is none. */
export function spanMilliseconds(value: string | number): number | null {
  if (typeof value === "number") return value >= 0 ? value : null;
  const found = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)$/.exec(value.trim());
  return found === null ? null : Number(found[1]) * spanUnits[found[2]!]!;
}

/** Bytes of `64KB`, `16MB`, or of a number; null where it is none. */
export function sizeBytes(value: string | number): number | null {
  if (typeof value === "number") return value > 0 ? Math.floor(value) : null;
  const found = /^(\d+(?:\.\d+)?)\s*(B|KB|MB|GB)?$/i.exec(value.trim());
  return found === null ? null : Math.floor(Number(found[1]) * sizeUnits[(found[2] ?? "").toUpperCase()]!);
}

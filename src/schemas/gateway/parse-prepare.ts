import type { FeatureStep, PreparedFeature } from "../../core/serving/prepare-record.ts";
import type { Report } from "../policy/parse-condition.ts";
import type { Path } from "../yaml-source.ts";
import type { StepFile } from "./gateway-file.ts";

/** The declared transformations; every problem is reported. */
export function parsePrepare(file: Readonly<Record<string, StepFile>>, path: Path, report: Report): PreparedFeature[] {
  return Object.entries(file).flatMap(([feature, step]) => {
    const parsed = stepOf(feature, step, [...path, feature], report);
    return parsed === null ? [] : [{ feature, step: parsed }];
  });
}

const kinds = ["constant", "log1p", "clip", "part", "lower", "map", "fill"] as const;

function stepOf(feature: string, file: StepFile, path: Path, report: Report): FeatureStep | null {
  if (typeof file === "string") return { kind: "copy", from: file };
  const from = file.from ?? feature;
  const found = kinds.filter((kind) => file[kind] !== undefined);
  const linear = file.add !== undefined || file.multiply !== undefined || file.divide !== undefined;
  if (found.length + (linear ? 1 : 0) > 1) {
    report({
      path,
      message: `does several things (${[...found, ...(linear ? ["linear"] : [])].join(", ")}); one each`,
    });
    return null;
  }
  if (linear) {
    const divide = file.divide ?? 1;
    if (divide === 0) {
      report({ path: [...path, "divide"], message: "is 0" });
      return null;
    }
    return { kind: "linear", from, add: file.add ?? 0, multiply: file.multiply ?? 1, divide };
  }
  if (file.constant !== undefined) return { kind: "constant", value: file.constant };
  if (file.log1p !== undefined) return { kind: "log1p", from };
  if (file.clip !== undefined) return { kind: "clip", from, low: file.clip[0], high: file.clip[1] };
  if (file.part !== undefined) return { kind: "time-part", from, part: file.part };
  if (file.lower !== undefined) return { kind: "lower", from, ascii: file.lower === "ascii" };
  if (file.map !== undefined) return { kind: "map", from, values: file.map, otherwise: file.otherwise ?? null };
  if (file.fill !== undefined) return { kind: "fill", from, value: file.fill };
  return { kind: "copy", from };
}

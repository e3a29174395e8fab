import type { InferenceSession } from "onnxruntime-node";
import type { ModelSpec } from "../../app/ports/model-runtime.ts";
import type { ColumnRequest } from "../../app/ports/table-reader.ts";
import { Failure } from "../../core/failures.ts";
import { columnOfInput } from "../../core/serving/column-alias.ts";
import { nearest } from "../../core/nearest.ts";

export type ElementType =
  | "float16"
  | "float32"
  | "float64"
  | "int64"
  | "int32"
  | "int16"
  | "int8"
  | "uint64"
  | "uint32"
  | "uint16"
  | "uint8"
  | "bool"
  | "string";

const elementTypes: ReadonlySet<string> = new Set<ElementType>([
  "float16",
  "float32",
  "float64",
  "int64",
  "int32",
  "int16",
  "int8",
  "uint64",
  "uint32",
  "uint16",
  "uint8",
  "bool",
  "string",
]);

/** One input of the model: the table columns that fill it, in order. */
export interface InputPlan {
  readonly input: string;
  readonly type: ElementType;
  readonly columns: readonly string[];
  /** [n] instead of [n, k]. */
  readonly flat: boolean;
}

/**
 * Decides which columns fill which input. One input takes the features in order; several inputs of one column each are
 * found by their names, or take the features in the order of the inputs; inputs of several columns take the features
 * one after the other.
 * @throws Failure MODEL with what the model wants and a list to paste
 */
export function planInputs(metadata: readonly InferenceSession.ValueMetadata[], spec: ModelSpec): InputPlan[] {
  const inputs = metadata.map((input) => {
    if (!input.isTensor) throw refuse(spec, `its input "${input.name}" is not a tensor`);
    if (!isElementType(input.type)) {
      throw refuse(spec, `its input "${input.name}" is a tensor of ${input.type}, which is not supported`);
    }
    if (input.shape.length > 2)
      throw refuse(spec, `its input "${input.name}" has ${input.shape.length} dimensions; rows of columns have two`);
    const last = input.shape.length === 1 ? 1 : input.shape[1];
    const width = typeof last === "number" && last > 0 ? last : null;
    return { name: input.name, type: input.type, width, flat: input.shape.length === 1 };
  });
  const names = columnsOfInputs(inputs, spec);
  return inputs.map((input, i) => ({ input: input.name, type: input.type, columns: names[i] ?? [], flat: input.flat }));
}

interface Input {
  readonly name: string;
  readonly type: ElementType;
  readonly width: number | null;
}

function columnsOfInputs(inputs: readonly Input[], spec: ModelSpec): readonly (readonly string[])[] {
  const single = inputs.every((input) => input.width === 1);
  const { features } = spec;
  if (single) {
    const named = features === undefined ? null : byName(inputs, features);
    if (named !== null) {
      checkKnown(named, inputs, spec);
      return named.map((name) => [name]);
    }
    if (features === undefined) return inputs.map((input) => [knownColumn(input, inputs, spec)]);
  }
  if (features === undefined) throw wants(inputs, spec, "nothing says which columns they are");
  checkKnown(features, inputs, spec);
  const dynamic = inputs.filter((input) => input.width === null);
  const fixed = inputs.reduce((sum, input) => sum + (input.width ?? 0), 0);
  if (dynamic.length > 1 || (dynamic.length === 0 ? fixed !== features.length : fixed >= features.length)) {
    throw wants(inputs, spec, `\`features\` names ${features.length}`);
  }
  let at = 0;
  return inputs.map((input) => {
    const width = input.width ?? features.length - fixed;
    at += width;
    return features.slice(at - width, at);
  });
}

/** The feature of each input where all are found by their names, as exporters write them; null where one is not. */
function byName(inputs: readonly Input[], features: readonly string[]): readonly string[] | null {
  const found = inputs.map((input) => columnOfInput(input.name, features));
  const isAll = features.length === inputs.length && new Set(found).size === inputs.length;
  return isAll && found.every((name) => name !== undefined) ? found : null;
}

function knownColumn(input: Input, inputs: readonly Input[], spec: ModelSpec): string {
  if (spec.columns === undefined) return input.name;
  const names = spec.columns.map((column) => column.name);
  const column = columnOfInput(input.name, names);
  if (column !== undefined) return column;
  throw wants(inputs, spec, `the table has no column "${input.name}"`);
}

function checkKnown(features: readonly string[], inputs: readonly Input[], spec: ModelSpec): void {
  const known = spec.columns?.map((column) => column.name);
  const unknown = known === undefined ? undefined : features.find((name) => !known.includes(name));
  if (known === undefined || unknown === undefined) return;
  const near = nearest(unknown, known);
  throw new Failure("MODEL", {
    where: spec.path,
    message: `the model ${described(inputs)}, and the table has no column "${unknown}" that \`features\` names`,
    mend: near.length > 0 ? [`nearest names: ${near.join(", ")}`] : [`columns: ${known.slice(0, 30).join(", ")}`],
  });
}

function wants(inputs: readonly Input[], spec: ModelSpec, reason: string): Failure {
  const width = inputs.reduce((sum, input) => sum + (input.width ?? 0), 0);
  return new Failure("MODEL", {
    where: spec.path,
    message: `the model ${described(inputs)}, but ${reason}`,
    mend: [
      "say the columns in the order of training, in the policy or beside the model in NAME.umpire.yaml:",
      `features: [${suggestions(inputs, spec, width).map(yamlName).join(", ")}]`,
    ],
  });
}

function described(inputs: readonly Input[]): string {
  const parts = inputs.map(
    ({ name, type, width }) => `"${name}" (${type}, ${width ?? "any number of"} column${width === 1 ? "" : "s"})`,
  );
  const shown = parts.length > 30 ? [...parts.slice(0, 30), "…"] : parts;
  return `wants ${inputs.length === 1 ? "the input" : `${inputs.length} inputs:`} ${shown.join(", ")}`;
}

/** A name as it stands in a YAML list. */
function yamlName(name: string): string {
  return /^[\p{L}_][\p{L}\p{N}_. -]*$/u.test(name) ? name : JSON.stringify(name);
}

/** A list to paste: the nearest column of each named input, or the number columns of the table in file order. */
function suggestions(inputs: readonly Input[], spec: ModelSpec, width: number): readonly string[] {
  const columns = spec.columns ?? [];
  const names = columns.map((column) => column.name);
  if (inputs.length > 1 && inputs.every((input) => input.width === 1)) {
    return inputs.map((input) =>
      names.includes(input.name) ? input.name : (nearest(input.name, names, 1)[0] ?? input.name),
    );
  }
  const textWanted = inputs[0]?.type === "string";
  const candidates = columns
    .filter((column) => spec.notFeatures?.includes(column.name) !== true)
    .filter((column) =>
      textWanted ? column.kind === "category" : column.kind === "number" || column.kind === "boolean",
    )
    .map((column) => column.name);
  const count = width === 0 ? candidates.length : width;
  return Array.from({ length: count }, (_, i) => candidates[i] ?? `column_${i + 1}`);
}

/** The table columns that the inputs need, and how each is read. */
export function columnNeeds(plans: readonly InputPlan[], spec: ModelSpec): ColumnRequest[] {
  const needs = new Map<string, ColumnRequest["as"]>();
  for (const plan of plans) {
    for (const name of plan.columns) {
      const encoded = spec.encode !== undefined && Object.hasOwn(spec.encode, name);
      const as = encoded
        ? "category"
        : plan.type === "string"
          ? "auto"
          : isBoolean(name, spec)
            ? "boolean"
            : plan.type === "float32"
              ? "float32"
              : "number";
      if (!encoded && as !== "auto") checkNumeric(name, spec);
      const known = needs.get(name);
      needs.set(
        name,
        known === undefined || known === as ? as : as === "category" || known === "category" ? "category" : "number",
      );
    }
  }
  return [...needs].map(([name, as]) => ({ name, as }));
}

/** A text file spells it `True` and `False`, which is no number. */
function isBoolean(name: string, spec: ModelSpec): boolean {
  return spec.columns?.find((column) => column.name === name)?.kind === "boolean";
}

function checkNumeric(name: string, spec: ModelSpec): void {
  const column = spec.columns?.find((candidate) => candidate.name === name);
  if (column?.kind !== "category") return;
  throw new Failure("MODEL", {
    where: spec.path,
    message: `the model wants a number for "${name}", and the column holds text`,
    mend: ["say which number stands for which value, as in training:", `encode: { ${name}: { VALUE: 0, OTHER: 1 } }`],
  });
}

function isElementType(type: string): type is ElementType {
  return elementTypes.has(type);
}

export function refuse(spec: ModelSpec, reason: string, ...mend: string[]): Failure {
  return new Failure("MODEL", { where: spec.path, message: `the model cannot be used: ${reason}`, mend });
}

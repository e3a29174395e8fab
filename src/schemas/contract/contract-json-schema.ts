import { z } from "zod";
import type { Path } from "../yaml-source.ts";
import { contractFile } from "./contract-file.ts";

type Schema = { readonly [key: string]: unknown };

/** JSON Schema of `contract.yaml`, for completion in editors. */
export function contractJsonSchema(): Schema {
  const schema = z.toJSONSchema(contractFile, { io: "input" });
  return { ...schema, title: "Umpire contract", description: "What a table must look like (contract.yaml)." };
}

let cached: Schema | null = null;

/** Keys that are known at a place of the file; empty where any key is. */
export function contractKeys(path: Path): string[] {
  cached ??= contractJsonSchema();
  let schemas: Schema[] = [cached];
  for (const step of path) schemas = schemas.flatMap((schema) => stepInto(schema, step));
  return [
    ...new Set(
      schemas
        .flatMap((schema) => alternatives(schema))
        .flatMap((schema) => Object.keys((schema["properties"] as object | undefined) ?? {})),
    ),
  ];
}

function alternatives(schema: Schema): Schema[] {
  const inner = [
    ...((schema["anyOf"] as Schema[] | undefined) ?? []),
    ...((schema["oneOf"] as Schema[] | undefined) ?? []),
  ];
  return [schema, ...inner];
}

function stepInto(schema: Schema, step: string | number): Schema[] {
  return alternatives(schema).flatMap((each) => {
    const named = (each["properties"] as Record<string, Schema> | undefined)?.[String(step)];
    const other = each["additionalProperties"];
    const item = each["items"];
    if (named !== undefined) return [named];
    if (typeof step === "number" && typeof item === "object" && item !== null) return [item as Schema];
    return typeof other === "object" && other !== null ? [other as Schema] : [];
  });
}

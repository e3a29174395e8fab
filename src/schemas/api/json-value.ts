import { z } from "zod";

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/**
 * Any JSON value. A body was parsed from JSON, so that nothing is left to check but that it is there; a schema that
 * names itself (zod's own) has no place of its own in an OpenAPI document.
 */
export const jsonValueSchema = z.unknown().refine((value) => value !== undefined, "is missing") as z.ZodType<JsonValue>;

import type { FastifySchemaCompiler } from "fastify";
import { z } from "zod";
import { Failure } from "../../core/failures.ts";
import { explainRequest, type RequestPart } from "../../schemas/api/explain-request.ts";

const parts: Readonly<Record<string, RequestPart>> = { body: "body", querystring: "query", params: "path" };

/** Holds a part of a request against its schema; what does not fit is told in our words, all at once. */
export const validateRequest: FastifySchemaCompiler<z.ZodType> = ({ schema, httpPart }) => {
  const part = parts[httpPart ?? "body"] ?? "body";
  return (value: unknown) => {
    const result = schema.safeParse(value);
    if (result.success) return { value: result.data };
    const problems = explainRequest(result.error.issues, value, schema, part);
    const error = new Failure("USAGE", {
      message: problems.map(({ detail }) => detail).join("; "),
      mend: [...new Set(problems.flatMap(({ mend }) => mend))],
      others: problems.map(({ pointer, detail }) => ({ where: pointer, message: detail })),
    });
    return { error };
  };
};

import { Failure } from "../../core/failures.ts";

export const MOST_DEPTH = 64;

/**
 * A JSON body as it may go on: UTF-8, not nested too deep, without a key that means more than a key to JavaScript.
 * @throws Failure USAGE
 */
export function parseJsonBody(bytes: Buffer): unknown {
  if (bytes.length === 0) throw new Failure("USAGE", { message: "the body is empty; this route takes JSON" });
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new Failure("USAGE", { message: "the body is not text in UTF-8", cause });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new Failure("USAGE", { message: `the body is no JSON: ${(cause as Error).message}`, cause });
  }
  refuseOddities(value);
  return value;
}

/** Level by level, without recursion. */
function refuseOddities(value: unknown): void {
  let level = [value].filter(isContainer);
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > MOST_DEPTH) throw new Failure("USAGE", { message: `the body nests more than ${MOST_DEPTH} deep` });
    if (level.some((part) => Object.hasOwn(part, "__proto__"))) {
      throw new Failure("USAGE", { message: 'the body has a key "__proto__", which is not taken' });
    }
    level = level.flatMap((part) => Object.values(part).filter(isContainer));
  }
}

function isContainer(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** JSON is UTF-8; another charset or a packed body would be read as something else. @returns null where it may go on */
export function bodyHeaderProblem(headers: Readonly<Record<string, string | string[] | undefined>>): string | null {
  const encoding = headers["content-encoding"];
  if (encoding !== undefined && encoding !== "identity") {
    return `the body is packed (content-encoding: ${String(encoding).slice(0, 40)}); send it as it is`;
  }
  const charset = /;\s*charset="?([^";\s]+)/i.exec(String(headers["content-type"] ?? ""))?.[1];
  if (charset === undefined || /^(utf-?8|us-ascii)$/i.test(charset)) return null;
  return `the body is in ${charset.slice(0, 40)}; JSON is UTF-8`;
}

import { thousands } from "../../core/data-quality/check-finding.ts";
import { shapeOfDocument } from "./json-document.ts";
import { JsonFile, nestingLimit } from "./json-file.ts";
import type { TextOpened, TextToOpen } from "./text-to-open.ts";

/** Opens text that begins with a bracket: an array of records, or JSON lines. @returns null where it is neither, which is told */
export async function openJson(
  file: TextToOpen,
  rest: AsyncGenerator<Buffer>,
  text: string,
  offset: number,
  complete: boolean,
): Promise<TextOpened | null> {
  const first = text.trimStart()[0];
  const array = first === "[";
  if (array ? !/^\s*\[\s*(\{|\]|$)/.test(text) : !isJsonLines(text, complete, file.promise)) {
    await refuseDocument(file, rest, array);
    return null;
  }
  if (array && /^\s*\[\s*\]\s*$/.test(text) && complete) {
    file.problems.add({ check: "no-rows", severity: "error", count: 0, message: "0 rows: the array is empty" });
    return null;
  }
  if (file.promise !== "" && !file.promise.startsWith("JSON")) {
    const kind = array ? "a JSON array" : "JSON lines";
    file.problems.add({
      check: "format",
      severity: "warning",
      message: `content is ${kind}, the name announces ${file.promise}; read as ${kind}`,
    });
  }
  const json = new JsonFile(file.problems, offset);
  return {
    format: array ? "json" : "json-lines",
    delimiter: null,
    header: null,
    blocks: () => json.blocks(rest, array),
    end: () => json.end(),
  };
}

/** JSON lines: some of the first lines is a whole object, or the name says so and the first line is not an open bracket. */
function isJsonLines(text: string, complete: boolean, promise: string): boolean {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  if (!complete && lines.length > 1) lines.pop();
  const whole = lines.slice(0, 20).filter((line) => {
    const trimmed = line.trim();
    if (!trimmed.startsWith("{") || !trimmed.endsWith("}")) return false;
    return trimmed.length > 1_000_000 || bracketDepth(trimmed) <= nestingLimit;
  });
  if (lines.length <= 1 && !complete && promise === "JSON lines") return true;
  if (whole.length === 0) return false;
  if (lines.length === 1) return promise === "JSON lines" || flat(whole[0]!);
  return lines.length > 1 ? whole.length >= Math.min(lines.length, 20) / 2 : true;
}

function bracketDepth(text: string): number {
  let [depth, deepest] = [0, 0];
  for (const char of text) {
    if (char === "{" || char === "[") deepest = Math.max(deepest, ++depth);
    else if (char === "}" || char === "]") depth--;
  }
  return deepest;
}

/** One object alone is one record only if it does not hold the records itself. */
function flat(text: string): boolean {
  return !/\[\s*\{/.test(text);
}

async function refuseDocument(file: TextToOpen, rest: AsyncGenerator<Buffer>, array: boolean): Promise<void> {
  const shape = await shapeOfDocument(rest);
  if (shape.deepest > nestingLimit) {
    file.problems.add({
      check: "nesting",
      severity: "error",
      count: shape.deepest,
      message: `nesting of ${thousands(shape.deepest)} levels, deeper than the limit of ${nestingLimit}: refused`,
    });
  }
  const where =
    shape.arrays.length === 0
      ? ""
      : `; records sit in ${shape.arrays
          .slice(0, 3)
          .map(({ path, objects }) => `${path} (${thousands(objects)})`)
          .join(", ")}: take them out, one object a line`;
  const problem = shape.complete ? "" : "; the document is not complete: likely truncated";
  file.problems.add({
    check: "format",
    severity: "error",
    message: `${array ? "an array of something other than records" : "one JSON document, not an array of records and not JSON lines"}${where}${problem}`,
    examples: shape.arrays.map(({ path }) => path),
  });
}

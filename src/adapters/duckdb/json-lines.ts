import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { Failure } from "../../core/failures.ts";
import type { PlainFile } from "./file-format.ts";

/**
 * After the engine refused a file of JSON lines: names the first line that is not one JSON value. Says nothing of a
 * file that begins with an array.
 * @throws Failure FILE_UNREADABLE with the line
 */
export async function refuseBadLine(file: PlainFile): Promise<void> {
  const input = createReadStream(file.plain, "utf8");
  try {
    let number = 0;
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      number++;
      const text = line.trim();
      if (number === 1 && text.startsWith("[")) return;
      const reason = text === "" ? null : problemOf(text);
      if (reason === null) continue;
      throw new Failure("FILE_UNREADABLE", {
        where: `${file.path}:${number}`,
        message: `the line is not one JSON object: ${reason}`,
        mend: ["write one object a line, or one array of objects"],
      });
    }
  } finally {
    input.destroy();
  }
}

function problemOf(text: string): string | null {
  try {
    JSON.parse(text);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message.slice(0, 120) : "it cannot be parsed";
  }
}

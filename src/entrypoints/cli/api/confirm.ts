import { createInterface } from "node:readline/promises";
import { Failure } from "../../../core/failures.ts";

/**
 * Asks for a name to be typed before something happens, so that nobody does it to the wrong model.
 * @param instead what to write where nobody can be asked
 * @throws Failure USAGE where there is no terminal, or another name was typed; nothing was done then
 */
export async function confirmByName(name: string, what: string, instead: string, signal: AbortSignal): Promise<void> {
  if (process.stdin.isTTY !== true || process.stderr.isTTY !== true) {
    throw new Failure("USAGE", {
      message: "there is no terminal to ask on; nothing was changed",
      mend: [instead],
    });
  }
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  let typed: string;
  try {
    typed = (await lines.question(`type ${name} to ${what}: `, { signal })).trim();
  } catch {
    // Ctrl-C and Ctrl-D are a no.
    typed = "";
  } finally {
    lines.close();
  }
  if (typed === name) return;
  throw new Failure("USAGE", {
    message: typed === "" ? "not confirmed; nothing was changed" : `"${typed}" is not "${name}"; nothing was changed`,
  });
}

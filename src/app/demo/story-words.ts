import { wrap } from "../../core/report/text-width.ts";

const WIDTH = 88;

/** A decision of a release for people: where it goes, and why, a part a line. */
export function decisionWords(to: string, reason: string): string {
  const parts = reason.split("; ").flatMap((part) => wrap(part, WIDTH - 4));
  return [`→ ${to}`, ...parts.map((part) => `    ${part}`)].join("\n");
}

/** A command as it would be typed, over several lines where it is long. */
export function commandWords(args: readonly string[]): string {
  const lines = wrap(`umpire ${args.join(" ")}`, WIDTH - 6);
  return lines.map((line, i) => `${i === 0 ? "$ " : "    "}${line}`).join(" \\\n");
}

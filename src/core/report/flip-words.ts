/** The smallest change that flips a verdict, in one or two plain sentences. */
import type { Flip, FlipSearch } from "./flip.ts";
import { number } from "./numbers.ts";
import { listed, outcomeWords } from "./words.ts";

/** `weight of last week from 0.80 to 0.43`, `taking blocking off low activity`. */
export function changeInWords(flip: Flip): string {
  if (flip.what === "blocking") return flip.to === 1 ? `making ${flip.knob} block` : `taking blocking off ${flip.knob}`;
  const decimals = flip.what === "weight" ? 2 : decimalsFor(flip.to, flip.from);
  const text = (value: number): string => (value === 0 ? "0" : number(value, decimals));
  return `${flip.what} of ${flip.knob} from ${text(flip.from)} to ${text(flip.to)}`;
}

function decimalsFor(...values: readonly number[]): number {
  const decimals = (v: number): number => (String(Number(v.toPrecision(4))).split(".")[1] ?? "").length;
  return Math.min(6, Math.max(...values.map(decimals)));
}

/** One line per sentence. */
export function flipInWords(search: FlipSearch): string[] {
  if (search.flip !== null) return [`${changeInWords(search.flip)} makes it ${outcomeWords[search.flip.becomes]}`];
  const lines: string[] = [];
  if (search.decision === "pass") lines.push("nothing: no single weight, margin or blocking changes it");
  else if (search.stands.length > 0) {
    const slices = search.stands.length === 1 ? "the blocking slice stands" : "the blocking slices stand";
    lines.push(`nothing: even at weight 0 ${slices} (${listed(search.stands)})`);
  } else lines.push("nothing: no single weight, margin or blocking makes it pass");
  if (search.nearest !== null) {
    lines.push(`nearest: ${changeInWords(search.nearest)} makes it ${outcomeWords[search.nearest.becomes]}`);
  }
  return lines;
}

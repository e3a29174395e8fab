import type { Outcome } from "../findings.ts";
import type { Decision } from "./decision.ts";
import type { GateResult, PairedNumber, SliceResult } from "./verdict.ts";

/** What the first sentence of a verdict is made of. */
export interface ReasonInput {
  readonly decision: Decision;
  readonly overall: PairedNumber;
  readonly slices: readonly SliceResult[];
  readonly challenger: string;
  readonly champion: string;
}

/**
 * The decision in one sentence without statistics: first what happens on average, then the gate that decides. Says so
 * plainly when the whole and the slices that count disagree.
 */
export function reasonOf(input: ReasonInput): string {
  const { decision } = input;
  const average = onAverage(input.overall);
  const deciding = decision.gates.filter((gate) => gate.outcome === decision.decision);
  if (decision.decision === "pass") return passReason(input, average);
  const first = deciding[0];
  if (first === undefined) return "no gate was evaluated, so nothing is proven";
  const rest = deciding.length > 1 ? `, and ${deciding.length - 1} more` : "";
  const what = `${gateSentence(first, decision.decision, input)}${rest}`;
  const contrast = decision.decision === "fail" && average.wins && isLoss(first);
  return contrast ? `wins on average, ${what}` : `${average.words}; ${what}`;
}

interface Average {
  readonly wins: boolean;
  readonly words: string;
}

function onAverage(overall: PairedNumber): Average {
  const { interval, direction, difference } = overall;
  if (difference === null || interval === null) return { wins: false, words: "no comparison over all rows" };
  if (difference === 0 && interval[0] === 0 && interval[1] === 0) {
    return { wins: false, words: "answers as the champion does" };
  }
  const low = direction === 1 ? interval[0] : -interval[1];
  const high = direction === 1 ? interval[1] : -interval[0];
  if (low > 0) return { wins: true, words: "wins on average" };
  if (high < 0) return { wins: false, words: "loses on average" };
  return { wins: false, words: "no clear difference on average" };
}

function isLoss(gate: GateResult): boolean {
  return gate.name.startsWith("slice: ") || gate.name === "weighted score";
}

function gateSentence(gate: GateResult, outcome: Outcome, { champion }: ReasonInput): string {
  const [kind, name] = splitName(gate.name);
  if (outcome === "not-evaluated") return `${gate.name} could not be evaluated: ${gate.reason}`;
  if (outcome === "not-enough-data") {
    if (kind === "slice") return `not enough data to say about ${name}, a slice that blocks`;
    if (kind === "baseline") return `not proven better than the baseline ${name}`;
    return "not proven better where it counts";
  }
  if (kind === "slice") return `loses for ${name}, a slice that blocks`;
  if (kind === "baseline") return `does not beat the baseline ${name}`;
  return `is not better than ${champion} where it counts`;
}

function splitName(name: string): [string, string] {
  const colon = name.indexOf(": ");
  return colon < 0 ? ["score", name] : [name.slice(0, colon), name.slice(colon + 2)];
}

function passReason({ decision, slices }: ReasonInput, average: Average): string {
  const blocking = slices.filter((slice) => slice.blocking);
  const guarded =
    blocking.length === 0
      ? ""
      : blocking.length === 1
        ? ` and holds ${blocking[0]!.name}`
        : ` and holds all ${blocking.length} slices that block`;
  const worse = slices.filter((slice) => slice.flags.includes("worse"));
  const warning = worse.length === 0 ? "" : `; look at ${worse[0]!.name}, where it loses`;
  const low = decision.score.interval?.[0] ?? 0;
  const score = low > 0 ? "better where it counts" : "not worse where it counts";
  const disagrees = !average.wins && low > 0 ? `, though there is ${average.words}` : "";
  return `${score}${guarded}${disagrees}${warning}`;
}

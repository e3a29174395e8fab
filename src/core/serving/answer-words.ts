import { timeWords } from "../report/time-words.ts";
import type { PredictionEvent } from "./prediction-event.ts";

/** What the log keeps of one answer, and what came of it. */
export type LoggedAnswer = Pick<
  PredictionEvent,
  | "id"
  | "request"
  | "key"
  | "at"
  | "time"
  | "model"
  | "version"
  | "routed"
  | "cohort"
  | "arm"
  | "propensity"
  | "item"
  | "position"
  | "prediction"
  | "classes"
  | "score"
  | "fallback"
  | "marks"
  | "overrides"
> & {
  readonly features: Readonly<Record<string, unknown>> | null;
  readonly shadows: readonly { readonly version: string; readonly prediction: unknown }[];
  readonly labels: readonly { readonly name: string; readonly label: unknown; readonly time: number }[];
};

/** An answer and why it was given, in sentences to be read out to whoever asks. */
export function answerWords(answer: LoggedAnswer): string[] {
  const { model, version, item, position, marks, shadows, labels } = answer;
  const about = item === null ? "" : ` about ${item}${position === null ? "" : `, in place ${position}`}`;
  const when = timeWords(new Date(answer.at).toISOString());
  return [
    answer.prediction === null
      ? `On ${when} ${model} gave no prediction${about}.`
      : `On ${when} version ${version} of ${model} answered ${shown(answer.prediction)}${chances(answer)}${about}.`,
    whyThisVersion(answer),
    ...insteadOf(answer),
    ...answer.overrides.map(({ kind, reason }) =>
      kind === "block"
        ? `A person had blocked it: ${reason}.`
        : `A person had changed its score${answer.score === null ? "" : `, which was ${shown(answer.score)} before`}: ${reason}.`,
    ),
    ...(marks.length === 0 ? [] : [`What was noticed in its data: ${marks.map(markWords).join(", ")}.`]),
    ...shadows.map(
      ({ version: other, prediction }) =>
        `Version ${other} was asked too, without effect, and would have answered ${shown(prediction)}.`,
    ),
    ...labels.map(
      ({ name, label, time }) =>
        `What came true${name === "label" ? "" : ` (${name})`}: ${shown(label)}, known since ${timeWords(new Date(time).toISOString())}.`,
    ),
  ];
}

function insteadOf({ fallback, routed, version }: LoggedAnswer): string[] {
  // Said already: nothing of the person was used.
  if (fallback === null || fallback === "opt-out") return [];
  if (fallback === "contract") return [`Its data broke a rule, which sends such requests to version ${version}.`];
  return [`Version ${routed} was to answer and did not (${fallback}); version ${version} did in its place.`];
}

function whyThisVersion({ cohort, arm, propensity, routed }: LoggedAnswer): string {
  const group = cohort === "all" ? "It was in no cohort of its own" : `It was in the cohort "${cohort}"`;
  const share = `${Number((100 * propensity).toFixed(1))}%`;
  if (arm === "opt-out")
    return "The person has opted out: nothing personal was used or kept, and everybody who has gets the same general answer.";
  if (arm === "pinned") return `The caller named version ${routed}; it was not chosen here.`;
  if (arm === "champion")
    return propensity >= 1
      ? `${group}: version ${routed} was live and answered all of them.`
      : `${group}: version ${routed} was live and answered ${share} of them, among these this one.`;
  if (arm === "standing")
    return `It was among the ${share} that version ${routed} always answers, as an honest comparison.`;
  if (arm === routed && propensity < 1)
    return `${group}: version ${routed} was tried on ${share} of them, among these this one, drawn by its unit and not by anything else.`;
  return `${group}: version ${routed} answered them (${arm}).`;
}

/** `range:age` as people say it. */
function markWords(mark: string): string {
  const at = mark.indexOf(":");
  return at < 0 ? mark : `${mark.slice(at + 1)} (${mark.slice(0, at)})`;
}

function chances({ classes, prediction }: LoggedAnswer): string {
  const chance = classes === null || typeof prediction !== "string" ? undefined : classes[prediction];
  return chance === undefined ? "" : ` (probability ${shown(chance)})`;
}

function shown(value: unknown): string {
  if (typeof value === "number") return String(Number(value.toPrecision(4))).replace("-", "−");
  if (typeof value === "string" || typeof value === "boolean") return String(value);
  return value === null || value === undefined ? "nothing" : JSON.stringify(value);
}

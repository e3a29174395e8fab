import { censoredArrival, truncatedArrival } from "../statistics/label-delays.ts";
import type { AnswerRows } from "./answer-rows.ts";
import type { LabelProcess } from "./measured-quality.ts";

/** Fewest labels of a class that tell its own delays. */
const CLASS_LABELS = 50;

/**
 * How the labels of a version come, learnt from all of its rows. Where both classes get labels, each class that has
 * enough of them tells its own delays (its labels are seen only once they have come: right-truncated), because a class that
 * is told sooner would look more frequent; else all delays together, with what is missing censored.
 * @param delay milliseconds from prediction to label; NaN where none has come
 */
export function learnLabelProcess(
  rows: Pick<AnswerRows, "task" | "n" | "label" | "age">,
  delay: Float64Array,
  comes: LabelProcess["comes"],
): LabelProcess {
  const ofClass = (hit: boolean) => {
    const index: number[] = [];
    for (let i = 0; i < rows.n; i++) {
      if (!Number.isNaN(delay[i]!) && rows.label[i]! > 0 === hit) index.push(i);
    }
    const delays = Float64Array.from(index, (i) => Math.min(delay[i]!, rows.age[i]!));
    return truncatedArrival({ delays, ages: Float64Array.from(index, (i) => rows.age[i]!) });
  };
  if (comes === "positives") {
    const hits = ofClass(true);
    return { comes, arrival: [hits, hits] };
  }
  const all = censoredArrival({ delays: delay, ages: rows.age });
  if (rows.task !== "binary") return { comes, arrival: [all, all] };
  const own = [ofClass(false), ofClass(true)] as const;
  return { comes, arrival: own.every(({ n }) => n >= CLASS_LABELS) ? own : [all, all] };
}

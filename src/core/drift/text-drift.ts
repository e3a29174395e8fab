import type { ColumnProfile } from "../profile/column-profile.ts";
import { mostFrequent } from "../profile/column-profile.ts";
import type { RowSample } from "../profile/row-sample.ts";
import { languages } from "../profile/text-features.ts";
import type { ClassifierFacts, TextDrift, WordShift } from "./drift-document.ts";
import { sharesDistance } from "./effect.ts";
import { chiSquaredOfTable } from "./tests/chi-squared.ts";
import { textClassifier } from "./text-classifier.ts";

/** AUC from which a classifier's answer is large enough to be called drift. */
export const classifierFloor = 0.55;

/** What changed in a text column; null where the column is not text. */
export function textDrift(
  reference: ColumnProfile,
  current: ColumnProfile,
  samples: readonly [RowSample, RowSample] | null,
  seed: number,
  confidence: number,
): TextDrift | null {
  const before = reference.text;
  const after = current.text;
  if (before === null || after === null) return null;
  const table = chiSquaredOfTable({ labels: languages, reference: before.byLanguage, current: after.byLanguage });
  const shifts = wordShifts(reference, current);
  const named =
    samples === null ? null : textClassifier(reference.frame.name, samples[0], samples[1], seed, confidence);
  return {
    languages: languages
      .map((language, index) => ({
        language,
        reference: before.byLanguage[index]! / Math.max(1, reference.rows - reference.nulls),
        current: after.byLanguage[index]! / Math.max(1, current.rows - current.nulls),
      }))
      .filter((share) => share.reference + share.current > 0),
    language_p_value: table === null ? null : table.pValue,
    unknown_words: {
      reference: share(before.unknownWords, before.words),
      current: share(after.unknownWords, after.words),
    },
    vocabulary_distance: before.words > 0 && after.words > 0 ? sharesDistance(before.cells, after.cells) : null,
    more_frequent: shifts.filter((shift) => shift.current > shift.reference).slice(0, 15),
    less_frequent: shifts.filter((shift) => shift.current < shift.reference).slice(0, 15),
    unseen: mostFrequent(after.unknown, 15).map(([word, count]) => ({ word, count })),
    domain_classifier: classifierFacts(named, samples === null, 1 - confidence),
  };
}

function share(part: number, whole: number): number | null {
  return whole > 0 ? part / whole : null;
}

/** Words that gained or lost most, by the signed contribution to the G statistic, with 0.5 added to each count. */
function wordShifts(reference: ColumnProfile, current: ColumnProfile): WordShift[] {
  const before = reference.text!;
  const after = current.text!;
  const names = new Set(
    [...mostFrequent(before.known, 2000), ...mostFrequent(after.known, 2000)].map(([word]) => word),
  );
  const shifts: Array<WordShift & { weight: number }> = [];
  for (const word of names) {
    const p = ((before.known.get(word) ?? 0) + 0.5) / (before.words + 1);
    const q = ((after.known.get(word) ?? 0) + 0.5) / (after.words + 1);
    const weight = Math.abs((q - p) * Math.log(q / p));
    shifts.push({ word, reference: 1000 * p, current: 1000 * q, weight });
  }
  shifts.sort((a, b) => b.weight - a.weight || (a.word < b.word ? -1 : 1));
  return shifts.map(({ word, reference: r, current: c }) => ({ word, reference: r, current: c }));
}

interface Classified {
  readonly auc: number;
  readonly interval: readonly [number, number];
  readonly p_value: number;
  readonly method: string;
  readonly importances?: ClassifierFacts["importances"];
}

export function classifierFacts(answer: Classified | null, noRows: boolean, alpha: number): ClassifierFacts {
  if (answer === null) {
    const reason = noRows
      ? "a saved profile holds no rows to learn from"
      : "fewer than 100 rows on a side, or nothing to learn from";
    return { auc: null, interval: null, p_value: null, drifted: null, method: "none", reason, importances: [] };
  }
  const drifted = answer.p_value < alpha && answer.auc >= classifierFloor;
  const reason = drifted
    ? "current rows can be told from reference rows"
    : answer.p_value < alpha
      ? `rows can be told apart, but hardly: AUC below ${classifierFloor}`
      : "current rows cannot be told from reference rows";
  return {
    auc: answer.auc,
    interval: answer.interval,
    p_value: answer.p_value,
    drifted,
    method: answer.method,
    reason,
    importances: answer.importances ?? [],
  };
}

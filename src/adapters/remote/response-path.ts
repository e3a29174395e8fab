type Prediction = number | string | readonly number[];

/** Names under which servers put their answers, the likeliest first. */
const usualNames = [
  "predictions",
  "prediction",
  "scores",
  "score",
  "probabilities",
  "probability",
  "outputs",
  "output",
  "results",
  "result",
  "predicted",
  "values",
  "value",
  "y",
  "y_pred",
  "proba",
  "label",
  "labels",
  "class",
  "data",
];

/**
 * The predictions at a path of an answer: keys with dots, `[]` for every element: `predictions[]`,
 * `result.items[].score`, `score` (one record a call), `[]` (a bare list), `.` (the whole answer).
 * @throws Error where the path leads nowhere
 */
export function predictionsAt(answer: unknown, path: string, rows: number): Prediction[] {
  let values: unknown[] = [answer];
  for (const part of pathParts(path)) {
    values = values.flatMap((value) => {
      if (part === "[]") {
        if (Array.isArray(value)) return value as unknown[];
        throw new Error(`the answer has no list where \`${path}\` says`);
      }
      if (typeof value === "object" && value !== null && Object.hasOwn(value, part)) {
        return [(value as Record<string, unknown>)[part]];
      }
      throw new Error(`the answer has no "${part}" (response path \`${path}\`)`);
    });
  }
  const [first] = values;
  // `predictions` for a list of them is as good as `predictions[]`.
  if (values.length === 1 && Array.isArray(first) && (rows > 1 || first.length === 1))
    return (first as unknown[]).map(prediction);
  return values.map(prediction);
}

/** Keys of a path; `[]` stands for every element of a list. */
export function pathParts(path: string): string[] {
  return path
    .replace(/^\$\.?/, "")
    .split(".")
    .flatMap((part) => part.split(/(\[\])/))
    .filter((part) => part !== "");
}

/** The predictions of an answer that no path describes: found by the usual names. @throws Error where nothing looks like them */
export function usualPredictions(answer: unknown, rows: number): Prediction[] {
  const found = likely(answer, rows, 0);
  if (found !== null) return found;
  throw new Error("nothing in the answer looks like predictions; say where they stand: response: predictions[].score");
}

function likely(value: unknown, rows: number, depth: number): Prediction[] | null {
  if (depth > 4) return null;
  if (isPrediction(value) && (rows === 1 || Array.isArray(value)) && !(Array.isArray(value) && value.length === rows)) {
    return rows === 1 ? [prediction(value)] : null;
  }
  if (Array.isArray(value)) {
    if (value.length !== rows) return null;
    // A row without an answer among others that have one: a NaN, which is dealt with row by row.
    const isMissing = (element: unknown): boolean => element === null && value.some((other) => other !== null);
    const each = value.map((element: unknown) =>
      isPrediction(element) || isMissing(element) ? [prediction(element)] : likely(element, 1, depth + 1),
    );
    return each.includes(null) ? null : each.map((found) => found![0]!);
  }
  if (typeof value !== "object" || value === null) return null;
  const keys = Object.keys(value);
  const names = [...usualNames.filter((name) => keys.includes(name)), ...(keys.length === 1 ? keys : [])];
  for (const name of names) {
    const found = likely((value as Record<string, unknown>)[name], rows, depth + 1);
    if (found !== null) return found;
  }
  return null;
}

function isPrediction(value: unknown): boolean {
  if (typeof value === "number" || typeof value === "boolean" || typeof value === "string") return true;
  return Array.isArray(value) && value.length > 0 && value.every((element) => typeof element === "number");
}

function prediction(value: unknown): Prediction {
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value === "number" || typeof value === "string") return value;
  if (value === null) return Number.NaN;
  if (Array.isArray(value) && value.every((element) => typeof element === "number" || element === null)) {
    const numbers = value.map((element: number | null) => element ?? Number.NaN);
    return numbers.length === 1 ? numbers[0]! : numbers;
  }
  throw new Error("a prediction in the answer is neither a number nor a text");
}

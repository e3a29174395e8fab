import type { DataFacts } from "./data-facts.ts";
import type { InitGuess } from "./init-guess.ts";

/** The only input of a model, of which nothing says which columns fill it. */
export interface OpenInput {
  readonly input: string;
  /** Numbers a row. */
  readonly width: number;
}

export interface GuessedFeatures extends OpenInput {
  /** Columns of numbers that may be meant, in the data's order. */
  readonly columns: readonly string[];
  /** True where there are as many as the model takes: a guess that runs, of an order that only its maker knows. */
  readonly fits: boolean;
}

/** The columns that may fill a model's input: numbers without a role, in the data's order. */
export function guessFeatures(data: DataFacts, guess: InitGuess, open: OpenInput): GuessedFeatures {
  const { champion, challenger } = guess;
  const scores = [champion, challenger].flatMap((model) => [
    ...(model?.column === undefined ? [] : [model.column]),
    ...Object.values(model?.columns ?? {}),
  ]);
  const roles = [
    guess.label,
    guess.unit,
    guess.time,
    guess.group,
    guess.item,
    ...guess.id,
    ...(guess.repeatedId ?? []),
  ];
  const free = data.columns
    .filter(({ kind, name }) => (kind === "number" || kind === "boolean") && !roles.includes(name))
    .map((column) => column.name)
    .filter((name) => !scores.includes(name));
  const unscored = free.filter((name) => !guess.otherScores.includes(name));
  const columns = unscored.length === open.width ? unscored : free.length === open.width ? free : unscored;
  return { ...open, columns, fits: columns.length === open.width };
}

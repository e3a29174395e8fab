import { names } from "./column-names.ts";
import type { DataFacts } from "./data-facts.ts";
import type { GuessedModel, InitAnswers, InitGuess, InitQuestion } from "./init-guess.ts";

export type GuessedModels = Pick<InitGuess, "champion" | "challenger" | "otherScores">;

/** Champion and challenger among columns of scores, or sets of class columns; null with a question where unclear. */
export function guessModels(
  data: DataFacts,
  answers: InitAnswers,
  scores: readonly string[],
  classes: readonly string[],
  questions: InitQuestion[],
): GuessedModels | null {
  if (classes.length > 0) {
    const sets = classColumnSets(data, classes);
    if (sets.size > 0) return classModels(sets, answers, questions);
  }
  const given = (answer: string | undefined): GuessedModel | undefined =>
    answer === undefined ? undefined : answer.toLowerCase().endsWith(".onnx") ? { onnx: answer } : { column: answer };
  const rest = (taken: readonly (GuessedModel | null | undefined)[]): string[] =>
    scores.filter((name) => !taken.some((model) => model?.column === name));
  const challengerGiven = given(answers.challenger);
  const champion = given(answers.champion) ?? championOf(rest([challengerGiven]));
  const challenger = challengerGiven ?? challengerOf(rest([champion === "ask" ? null : champion]));
  if (challenger === "ask" || challenger === null) {
    // A single column of scores is a first model; baselines stand in for its champion.
    if (challenger === null && champion !== null && champion !== "ask" && answers.champion === undefined) {
      return { champion: null, challenger: champion, otherScores: [] };
    }
    questions.push({
      flag: "challenger",
      asks: "which model is the challenger",
      candidates: rest([champion === "ask" ? null : champion]),
      why: "columns of scores",
    });
  }
  if (champion === "ask") {
    questions.push({
      flag: "champion",
      asks: "which model is the champion, the one in use",
      candidates: rest([challenger === "ask" ? null : challenger]),
      why: "columns of scores",
    });
  }
  if (champion === "ask" || challenger === "ask" || challenger === null) return null;
  return { champion, challenger, otherScores: rest([champion, challenger]) };
}

/** By name; else the only one. */
function championOf(scores: readonly string[]): GuessedModel | "ask" | null {
  const named = scores.filter((name) => names.isChampion(name) && !names.isChallenger(name));
  const shortest = shortestOf(named);
  if (shortest !== null) return { column: shortest };
  const unnamed = scores.filter((name) => !names.isChallenger(name));
  if (unnamed.length === 1) return { column: unnamed[0]! };
  if (scores.length === 1) return { column: scores[0]! };
  return scores.length === 0 ? null : "ask";
}

function challengerOf(scores: readonly string[]): GuessedModel | "ask" | null {
  if (scores.length === 0) return null;
  if (scores.length === 1) return { column: scores[0]! };
  const named = scores.filter((name) => names.isChallenger(name) && !names.isChampion(name));
  if (named.length === 1) return { column: named[0]! };
  // `score_challenger` beside `score_challenger_seed2`: the plain name is meant.
  const shortest = shortestOf(named);
  const plain = shortest !== null && named.every((name) => name === shortest || name.includes(shortest));
  return plain ? { column: shortest } : "ask";
}

/** The shortest name; null where there is none or two are equally short. */
function shortestOf(list: readonly string[]): string | null {
  const sorted = list.toSorted((a, b) => a.length - b.length);
  const [first, second] = sorted;
  return first === undefined || second?.length === first.length ? null : first;
}

/** Prefixes under which there is a number column for every class: `p_champion_` + class. */
function classColumnSets(data: DataFacts, classes: readonly string[]): Map<string, Record<string, string>> {
  const sets = new Map<string, Record<string, string>>();
  const [first] = classes;
  for (const column of data.columns) {
    if (first === undefined || column.kind !== "number" || !column.name.endsWith(first)) continue;
    const prefix = column.name.slice(0, column.name.length - first.length);
    const set = Object.fromEntries(classes.map((name) => [name, `${prefix}${name}`]));
    if (Object.values(set).every((name) => data.columns.some((other) => other.name === name))) sets.set(prefix, set);
  }
  return sets;
}

function classModels(
  sets: ReadonlyMap<string, Record<string, string>>,
  answers: InitAnswers,
  questions: InitQuestion[],
): GuessedModels | null {
  const prefixes = [...sets.keys()];
  const onnx = answers.challenger?.toLowerCase().endsWith(".onnx") ? answers.challenger : undefined;
  const champion = prefixes.find((name) => names.isChampion(name)) ?? (onnx === undefined ? undefined : prefixes[0]);
  if (onnx !== undefined) {
    return {
      champion: champion === undefined ? null : { columns: sets.get(champion)! },
      challenger: { onnx },
      otherScores: [],
    };
  }
  const others = prefixes.filter((name) => name !== champion);
  const challenger = others.find((name) => names.isChallenger(name)) ?? (others.length === 1 ? others[0] : undefined);
  if (challenger === undefined) {
    if (champion !== undefined && others.length === 0) {
      return { champion: null, challenger: { columns: sets.get(champion)! }, otherScores: [] };
    }
    questions.push({
      flag: "challenger",
      asks: "which columns are the challenger's probabilities",
      candidates: others,
      why: "common beginnings of columns",
    });
    return null;
  }
  const fallback = others.find((name) => name !== challenger);
  const first = champion ?? fallback;
  return {
    champion: first === undefined ? null : { columns: sets.get(first)! },
    challenger: { columns: sets.get(challenger)! },
    otherScores: [],
  };
}

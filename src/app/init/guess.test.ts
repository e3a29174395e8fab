import { expect, test } from "vitest";
import type { ColumnFacts, DataFacts } from "./data-facts.ts";
import { guessRoles } from "./guess.ts";
import type { InitAnswers } from "./init-guess.ts";

const ROWS = 400;

/** Facts of a column from its values; texts become codes, as `lookAtData` makes them. */
function column(name: string, values: readonly (number | string | boolean | null)[]): ColumnFacts {
  const given = values.filter((value) => value !== null);
  const kind = typeof given[0] === "string" ? "category" : typeof given[0] === "boolean" ? "boolean" : "number";
  const distinct = [...new Set(given)];
  const numbers = values.map((value) =>
    value === null ? Number.NaN : kind === "category" ? distinct.indexOf(value) : Number(value),
  );
  const finite = numbers.filter((value) => !Number.isNaN(value));
  return {
    name,
    kind,
    rows: values.length,
    nulls: values.length - given.length,
    distinct: distinct.length,
    values:
      distinct.length > 60
        ? null
        : distinct.map((value) => ({ text: String(value), rows: given.filter((one) => one === value).length })),
    min: Math.min(...finite),
    max: Math.max(...finite),
    whole: finite.every((value) => Number.isInteger(value)),
    sample: Float64Array.from(numbers),
  };
}

const times = (name: string): ColumnFacts => ({
  ...column(
    name,
    Array.from({ length: ROWS }, (_, row) => Date.UTC(2024, 0, 1) + row * 3_600_000),
  ),
  kind: "time",
});
const made = (name: string, value: (row: number) => number | string | boolean | null): ColumnFacts =>
  column(
    name,
    Array.from({ length: ROWS }, (_, row) => value(row)),
  );
const hit = (row: number): number => Number((row * 7919) % 10 < 3);
const noise = (row: number, salt: number): number => (((row + 1) * (2 * salt + 3) * 104_729) % 1009) / 1009;
const score = (name: string, salt: number) => made(name, (row) => 0.6 * hit(row) + 0.4 * noise(row, salt));

const data = (...columns: ColumnFacts[]): DataFacts => ({ files: ["data/test.parquet"], rows: ROWS, columns });
const guess = (facts: DataFacts, answers: InitAnswers = {}) => {
  const found = guessRoles(facts, answers);
  if (found.guess === null) throw new Error(found.questions.map((question) => question.asks).join("; "));
  return found.guess;
};

test("a label by its name, champion and challenger by theirs, a user who comes back as unit", () => {
  const facts = data(
    made("row_id", (row) => row),
    made("user_id", (row) => row % 40),
    times("created_at"),
    made("region", (row) => ["n", "s"][row % 2]!),
    made("label", hit),
    score("score_old", 1),
    score("score_new", 2),
  );
  expect(guess(facts)).toEqual({
    task: "binary",
    label: "label",
    positive: null,
    champion: { column: "score_old" },
    challenger: { column: "score_new" },
    otherScores: [],
    group: null,
    item: null,
    unit: "user_id",
    time: "created_at",
    id: ["row_id"],
  });
});

test("a label without a telling name is the column that the scores tell", () => {
  const facts = data(
    made("flag_a", (row) => Number(noise(row, 9) < 0.5)),
    made("repaid", hit),
    score("score_champion", 1),
    score("score_challenger", 2),
  );
  expect(guess(facts).label).toBe("repaid");
});

test("where two columns could be the label, the question names both and answers settle it", () => {
  const facts = data(made("kept", hit), made("stayed", hit), score("score_champion", 1), score("score_challenger", 2));
  const { questions } = guessRoles(facts, {});
  expect(questions).toMatchObject([{ flag: "label", candidates: ["kept", "stayed"] }]);
  expect(guess(facts, { label: "stayed" }).label).toBe("stayed");
});

test("lists with items are a ranking", () => {
  const facts = data(
    made("query_id", (row) => Math.floor(row / 10)),
    made("doc_id", (row) => row % 37),
    made("relevance", (row) => hit(row) + hit(row + 1)),
    score("score_a", 1),
    score("score_b", 2),
  );
  expect(guess(facts, { label: "relevance" })).toMatchObject({
    task: "ranking",
    group: "query_id",
    item: "doc_id",
    id: ["query_id", "doc_id"],
  });
});

test("text classes with a probability column each are multiclass models", () => {
  const facts = data(
    made("target", (row) => ["cat", "dog", "cow"][row % 3]!),
    ...["cat", "dog", "cow"].flatMap((name, salt) => [score(`p_old_${name}`, salt), score(`p_new_${name}`, salt + 5)]),
  );
  expect(guess(facts)).toMatchObject({
    task: "multiclass",
    champion: { columns: { cat: "p_old_cat", dog: "p_old_dog", cow: "p_old_cow" } },
    challenger: { columns: { cat: "p_new_cat", dog: "p_new_dog", cow: "p_new_cow" } },
  });
});

test("what counts as a hit is asked where the two values do not say it", () => {
  const labelled = (yes: string, no: string) =>
    data(
      made("outcome", (row) => (hit(row) === 1 ? yes : no)),
      score("score_champion", 1),
      score("score_challenger", 2),
    );
  expect(guess(labelled("yes", "no")).positive).toBe("yes");
  expect(guess(labelled("churned", "stayed")).positive).toBe("churned");
  expect(guessRoles(labelled("red", "blue"), {}).questions).toMatchObject([{ flag: "positive" }]);
  expect(guess(labelled("red", "blue"), { positive: "red" }).positive).toBe("red");
});

test("one column of scores is a first model; with an ONNX file beside it, it is the champion", () => {
  const facts = data(made("label", hit), score("score", 1));
  expect(guess(facts)).toMatchObject({ champion: null, challenger: { column: "score" } });
  expect(guess(facts, { challenger: "/models/new.onnx" })).toMatchObject({
    champion: { column: "score" },
    challenger: { onnx: "/models/new.onnx" },
  });
});

test("several challengers are asked about, unless one has the plain name", () => {
  const facts = (...names: string[]) => data(made("label", hit), ...names.map((name, salt) => score(name, salt)));
  expect(guessRoles(facts("score_champion", "score_challenger_x", "score_challenger_y"), {}).questions).toMatchObject([
    { flag: "challenger", candidates: ["score_challenger_x", "score_challenger_y"] },
  ]);
  expect(guess(facts("score_champion", "score_challenger", "score_challenger_seed2"))).toMatchObject({
    challenger: { column: "score_challenger" },
    otherScores: ["score_challenger_seed2"],
  });
});

test("a name that is not in the data is answered with the nearest", () => {
  const { questions } = guessRoles(data(made("label", hit), score("score", 1)), { label: "lable" });
  expect(questions).toMatchObject([{ flag: "label", candidates: ["label"], why: "nearest" }]);
});

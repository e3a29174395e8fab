import { Failure, type FailureDetails } from "../../core/failures.ts";
import { bindPolicy } from "../../schemas/policy/bind-policy.ts";
import { parsePolicy } from "../../schemas/policy/parse-policy.ts";
import type { TableReader, TableSource } from "../ports/table-reader.ts";
import { type DataFacts, lookAtData } from "./data-facts.ts";
import { type GuessedFeatures, guessFeatures, type OpenInput } from "./guess-features.ts";
import { guessRoles } from "./guess.ts";
import type { InitAnswers, InitGuess, InitQuestion } from "./init-guess.ts";
import { proposeSlices } from "./propose-slices.ts";
import { renderPolicy } from "./render-policy.ts";

export interface InitRequest {
  /** Files and globs to open. */
  readonly data: readonly string[];
  /** A file or glob as it shall stand in the policy. */
  readonly relative: (path: string) => string;
  readonly model: string;
  readonly answers: InitAnswers;
  /** Asks on a terminal; absent where there is nobody to ask. */
  readonly ask?: (question: InitQuestion) => Promise<string>;
  /** Files that others write beside the policy: their section's line, from what was seen. */
  readonly companions?: readonly InitCompanion[];
  /** The input of an ONNX file that must be told its columns; null where it needs none. */
  readonly openInput?: (path: string) => Promise<OpenInput | null>;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number | null) => void;
}

/** Another file that `init` writes, such as `contract.yaml`, and the line that names it in the policy. */
export interface InitCompanion {
  readonly file: string;
  readonly section: string;
  /** @param files the training data where there are any, else the test data; null: nothing can be said of them */
  write(files: readonly string[], guess: InitGuess): Promise<string | null>;
}

export interface InitResult {
  readonly guess: InitGuess;
  /** What was said of the challenger's inputs; null where nothing must be. */
  readonly features: GuessedFeatures | null;
  readonly rows: number;
  /** Texts by file name; `umpire.yaml` first. */
  readonly files: ReadonlyMap<string, string>;
}

/**
 * Looks at data and writes a policy for it that runs as it is.
 *
 * @throws Failure USAGE with the candidates and the flag to give, for what cannot be known and nobody can be asked
 */
export async function initPolicy(request: InitRequest, reader: TableReader): Promise<InitResult> {
  const { test, train } = partsOf(request.data);
  const source = await reader.open(test);
  const data = await lookAtData(source, request);
  if (data.rows === 0) {
    throw new Failure("FILE_EMPTY", { where: test.join(", "), message: "there are no rows to look at" });
  }
  const guess = await withoutRepeatedId(source, await settle(data, request));
  const slices = proposeSlices(data, guess);
  const files = new Map([["umpire.yaml", ""]]);
  const sections: string[] = [];
  for (const companion of request.companions ?? []) {
    const written = await companion.write(train.length > 0 ? train : test, guess);
    if (written === null) continue;
    files.set(companion.file, written);
    sections.push(companion.section);
  }
  const features = await featuresOf(guess.challenger.onnx, data, guess, request);
  const championFeatures = await featuresOf(guess.champion?.onnx, data, guess, request);
  const text = renderPolicy({
    model: request.model,
    test: test.map(request.relative),
    train: train.map(request.relative),
    guess: withRelativeModels(guess, request.relative),
    features,
    championFeatures,
    slices,
    data,
    sections,
  });
  // What does not read back must not be written.
  bindPolicy(parsePolicy(text, "umpire.yaml"), { columns: source.columns, source: test.join(", ") });
  files.set("umpire.yaml", text);
  return { guess, features, rows: data.rows, files };
}

async function featuresOf(
  onnx: string | undefined,
  data: DataFacts,
  guess: InitGuess,
  request: InitRequest,
): Promise<GuessedFeatures | null> {
  const open = onnx === undefined ? null : ((await request.openInput?.(onnx)) ?? null);
  return open === null ? null : guessFeatures(data, guess, open);
}

/** An id that some rows share would be refused when judging. */
async function withoutRepeatedId(source: TableSource, guess: InitGuess): Promise<InitGuess> {
  if (guess.id.length === 0 || (await source.duplicates(guess.id)) === null) return guess;
  return { ...guess, id: [], repeatedId: guess.id };
}

/** Of several files, those called train are for fitting. */
function partsOf(paths: readonly string[]): { test: readonly string[]; train: readonly string[] } {
  const isTrain = (path: string): boolean => /(^|[/\\_.-])train/i.test(path.replace(/^.*[/\\]/, "/"));
  const train = paths.filter(isTrain);
  return train.length === paths.length ? { test: paths, train: [] } : { test: paths.filter((p) => !isTrain(p)), train };
}

async function settle(data: DataFacts, request: InitRequest): Promise<InitGuess> {
  let answers = request.answers;
  for (;;) {
    const { guess, questions } = guessRoles(data, answers);
    if (guess !== null) return guess;
    const [question] = questions;
    if (request.ask === undefined || question === undefined || answers[question.flag] !== undefined) {
      throw openQuestions(questions);
    }
    answers = { ...answers, [question.flag]: await request.ask(question) };
  }
}

function openQuestions(questions: readonly InitQuestion[]): Failure {
  const details = questions.map(({ flag, asks, candidates, why }): FailureDetails => {
    const unknown = asks.startsWith("--");
    const found = candidates.length > 0 ? `${why}: ${candidates.slice(0, 12).join(", ")}` : `there are no ${why}`;
    const example = `--${flag} ${candidates[0] ?? "COLUMN"}`;
    const say =
      flag === "challenger" ? `say it: ${example}, or --onnx FILE to score a model here` : `say it: ${example}`;
    return { message: unknown ? asks : `cannot tell ${asks}`, mend: unknown ? [found] : [found, say] };
  });
  const [first, ...others] = details;
  return new Failure("USAGE", { ...(first ?? { message: "cannot tell what is judged" }), others });
}

function withRelativeModels(guess: InitGuess, relative: (path: string) => string): InitGuess {
  const champion = guess.champion?.onnx === undefined ? guess.champion : { onnx: relative(guess.champion.onnx) };
  const challenger = guess.challenger.onnx === undefined ? guess.challenger : { onnx: relative(guess.challenger.onnx) };
  return { ...guess, champion, challenger };
}

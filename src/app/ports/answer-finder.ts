import type { LoggedAnswer } from "../../core/serving/answer-words.ts";

/** Answers in the prediction log. */
export interface AnswerFinder {
  /**
   * Answers whose own id, request or key (the caller's own name of it) is this one, in their order, at most so many.
   * @throws Failure FILE_MISSING where there is no log
   */
  find(id: string, most: number): Promise<readonly LoggedAnswer[]>;
}

import type { Task } from "../../core/metrics/metric.ts";

/** What the user said on the command line, or answered; it is never overruled. */
export interface InitAnswers {
  readonly task?: Task;
  readonly label?: string;
  readonly positive?: string;
  /** A column, or a path that ends in `.onnx`. */
  readonly champion?: string;
  readonly challenger?: string;
  readonly group?: string;
  readonly item?: string;
  readonly unit?: string;
  readonly time?: string;
}

/** Something that only the user can know: asked on a terminal, refused with its candidates elsewhere. */
export interface InitQuestion {
  readonly flag: keyof InitAnswers;
  /** `which column is the label`. */
  readonly asks: string;
  readonly candidates: readonly string[];
  readonly why: string;
}

export interface GuessedModel {
  readonly column?: string;
  /** Multiclass: class to column. */
  readonly columns?: Readonly<Record<string, string>>;
  readonly onnx?: string;
}

/** Roles of the columns, with how each was found where that is worth a comment. */
export interface InitGuess {
  readonly task: Task;
  readonly label: string;
  /** A value of the label to be counted as a hit, where the label is not 0 and 1. */
  readonly positive: string | null;
  readonly champion: GuessedModel | null;
  readonly challenger: GuessedModel;
  readonly group: string | null;
  readonly item: string | null;
  readonly unit: string | null;
  readonly time: string | null;
  readonly id: readonly string[];
  /** Columns that look like an id and name several rows; only to be told. */
  readonly repeatedId?: readonly string[];
  /** Other score columns, to be named in a comment. */
  readonly otherScores: readonly string[];
}

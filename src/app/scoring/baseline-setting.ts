import { Failure } from "../../core/failures.ts";
import type { ColumnRequest } from "../ports/table-reader.ts";
import type { LabelMeaning } from "./label-codes.ts";
import type { ModelSetting } from "./model-source.ts";
import type { TrainRows } from "./train-rows.ts";

/** What is known when a baseline is prepared. */
export interface BaselineSetting extends Pick<ModelSetting, "task" | "columns"> {
  readonly meaning: Omit<LabelMeaning, "classes">;
  readonly time: string | null;
  /** Columns that no baseline learns from: ids, label, time, scores, what is known only afterwards. */
  readonly excluded: ReadonlySet<string>;
  /** The columns that the policy's own models read as features; empty where none says. */
  readonly modelFeatures: readonly string[];
  /** Reads the training data; null where the policy names none. */
  readonly train: ((columns: readonly ColumnRequest[], most?: number) => Promise<TrainRows>) | null;
  /** Columns of the training data. */
  readonly trainColumns: ReadonlySet<string>;
}

/** @throws Failure POLICY with the line to add */
export async function trainOf(
  name: string,
  setting: BaselineSetting,
  columns: readonly ColumnRequest[],
  most?: number,
): Promise<TrainRows> {
  if (setting.train === null) {
    throw new Failure("POLICY", {
      message: `the baseline "${name}" is fitted on training data, which the policy does not name`,
      mend: ["name it under data: train: FILE"],
    });
  }
  return await setting.train(columns, most);
}

export function wrongTask(name: string, kind: string, fits: string, setting: BaselineSetting): Failure {
  return new Failure("POLICY", {
    message: `the baseline "${name}" (${kind}) is for ${fits} tasks; the task is ${setting.task}`,
    mend: ["drop it, or take another: mean, median, column, random"],
  });
}

export function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}

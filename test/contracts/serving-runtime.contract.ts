import { expect, test } from "vitest";
import type { ServingModel } from "../../src/app/ports/serving-runtime.ts";
import { type FeatureRecord, RequestFailure } from "../../src/core/serving/feature-record.ts";

export interface ServingRuntimeCase {
  /** A fresh model; closed by the suite. */
  readonly open: () => Promise<ServingModel>;
  /** Records and the score that the model gives each. */
  readonly records: readonly FeatureRecord[];
  readonly scores: readonly number[];
  readonly tolerance?: number;
  /** A record that the model cannot take; undefined where it takes any. */
  readonly wrong?: FeatureRecord;
}

/** What every runtime promises: load, answer one and many alike, refuse what does not fit, give up when asked, unload. */
export function servingRuntimeContract(name: string, given: ServingRuntimeCase): void {
  const within = async (use: (model: ServingModel) => Promise<void>): Promise<void> => {
    const model = await given.open();
    try {
      await use(model);
    } finally {
      await model.close();
    }
  };
  const closeTo = (scores: ArrayLike<number>, expected: readonly number[]): void => {
    expect(scores.length).toBe(expected.length);
    for (const [i, value] of expected.entries()) {
      expect(Math.abs(scores[i]! - value)).toBeLessThanOrEqual(given.tolerance ?? 1e-9);
    }
  };

  test(`${name} answers many records in their order`, () =>
    within(async (model) => {
      const answer = await model.predict({ count: given.records.length, records: given.records }, {});
      expect(answer.width).toBe(1);
      closeTo(answer.scores, given.scores);
    }));

  test(`${name} answers one record as it answers it among many, also when all are asked at once`, () =>
    within(async (model) => {
      const answers = await Promise.all(
        given.records.map((record) => model.predict({ count: 1, records: [record] }, { allOutputs: true })),
      );
      closeTo(
        answers.map((answer) => answer.scores[0]!),
        given.scores,
      );
    }));

  test(`${name} answers its own tensors as the records that they were made of`, () =>
    within(async (model) => {
      const tensors = model.encode(given.records);
      // A model that takes any record has no tensors of its own.
      const rows = tensors.length === 0 ? { records: given.records } : { tensors };
      const answer = await model.predict({ count: given.records.length, ...rows }, { allOutputs: true });
      closeTo(answer.scores, given.scores);
      expect(answer.outputs[0]!.shape[0]).toBe(given.records.length);
    }));

  test.skipIf(given.wrong === undefined)(
    `${name} tells a record that does not fit from a failure of its own, and answers the next`,
    () =>
      within(async (model) => {
        await expect(model.predict({ count: 1, records: [given.wrong!] }, {})).rejects.toThrow(RequestFailure);
        const answer = await model.predict({ count: 1, records: [given.records[0]!] }, {});
        closeTo(answer.scores, [given.scores[0]!]);
      }),
  );

  test(`${name} gives up where the signal was aborted`, () =>
    within(async (model) => {
      const signal = AbortSignal.abort(new Error("too late"));
      await expect(model.predict({ count: 1, records: [given.records[0]!] }, { signal })).rejects.toThrow("too late");
    }));

  test(`${name} says what it is: kind, digest, placement, outputs`, () =>
    within(async (model) => {
      expect(model.kind).not.toBe("");
      expect(model.digest).toMatch(/^[0-9a-f]{64}$/);
      expect(model.placement).toMatch(/: /);
      expect(model.outputs.map((output) => output.name)).toContain(model.score.output);
    }));
}

import type { Random } from "../statistics/random.ts";
import { exampleOf, metrics } from "./catalog.ts";
import { evaluateMetric, type RankingBlock } from "./evaluate-metric.ts";
import type { Metric, Task, TaskFacts } from "./metric.ts";
import { binaryBlock, type ListRow, multiclassBlock, rankingBlock, regressionBlock } from "./plain-blocks.ts";
import type { RowBlock } from "./row-block.ts";

/**
 * Random data for a task, as a list of observations (rows, or whole lists) that tests can permute, repeat and split.
 * The contract suite of the catalogue runs every metric on these.
 */
export interface Sampler {
  readonly facts: TaskFacts;
  /** A model of some skill; `coarse` scores tie often. */
  draw(random: Random, observations: number, coarse: boolean): Sample;
}

export interface Sample {
  readonly size: number;
  /** The block of the observations at these places, in this order, repetitions included. */
  take(places: readonly number[]): RowBlock | RankingBlock;
  /** The same labels as judged by a model that knows them. */
  perfect(): RowBlock | RankingBlock;
}

const noFacts = { classes: [], costs: null } as const;

export const samplers: Readonly<Record<Task, Sampler>> = {
  binary: {
    facts: { ...noFacts, task: "binary", costs: { falsePositive: 1, falseNegative: 8 } },
    draw(random, observations, coarse) {
      const rows = times(observations, () => {
        const p = round(sigmoid(random.nextNormal() * 1.5 - 0.3), coarse);
        // Positives are rarer than their probability says, so that calibration errors are clear of 0.
        return { label: random.next() < 0.5 * p ? 1 : 0, score: p };
      });
      return sample(
        rows,
        (taken) =>
          binaryBlock(
            taken.map((row) => row.label),
            taken.map((row) => row.score),
          ),
        (row) => ({ ...row, score: row.label }),
      );
    },
  },
  multiclass: {
    facts: { ...noFacts, task: "multiclass", classes: ["a", "b", "c", "d"] },
    draw(random, observations, coarse) {
      const rows = times(observations, () => {
        const label = Math.min(random.nextBelow(5), 3);
        // Twice the log-odds that the draw deserves: overconfident, so that calibration errors are clear of 0.
        const weights = times(4, (c) => Math.exp(2 * random.nextNormal() + (c === label ? 2 : 0)));
        const sum = weights.reduce((a, b) => a + b, 0);
        return { label, probabilities: weights.map((weight) => round(weight / sum, coarse)) };
      });
      return sample(
        rows,
        (taken) =>
          multiclassBlock(
            taken.map((row) => row.label),
            taken.map((row) => row.probabilities),
          ),
        (row) => ({ ...row, probabilities: times(4, (c) => (c === row.label ? 1 : 0)) }),
      );
    },
  },
  regression: {
    facts: { ...noFacts, task: "regression", naiveError: new Map([[24, 1.7]]) },
    draw(random, observations, coarse) {
      const rows = times(observations, () => {
        const label = round(10 + 3 * random.nextNormal(), coarse);
        return { label, score: round(label + 0.3 + random.nextNormal() * (1 + random.next()), coarse) };
      });
      return sample(
        rows,
        (taken) =>
          regressionBlock(
            taken.map((row) => row.label),
            taken.map((row) => row.score),
            10,
          ),
        (row) => ({ ...row, score: row.label }),
      );
    },
  },
  ranking: {
    facts: { ...noFacts, task: "ranking" },
    draw(random, observations, coarse) {
      const lists = times(observations, () =>
        times(1 + random.nextBelow(15), (place) => listRow(random, place, coarse)),
      );
      return sample(lists, rankingBlock, (list) => list.map(([item, gain]): ListRow => [item, gain, gain ?? 0]));
    },
  },
};

/** Items of a list are distinct: place 0 draws from items 0, 15, 30, …, place 1 from 1, 16, … */
function listRow(random: Random, place: number, coarse: boolean): ListRow {
  const gain = Math.max(0, random.nextBelow(7) - 3);
  return [place + 15 * random.nextBelow(20), gain, round(gain + 2 * random.nextNormal(), coarse)];
}

function sample<T>(
  observations: readonly T[],
  block: (taken: readonly T[]) => RowBlock | RankingBlock,
  known: (observation: T) => T,
): Sample {
  return {
    size: observations.length,
    take: (places) => block(places.map((place) => observations[place]!)),
    perfect: () => block(observations.map(known)),
  };
}

/** Every metric in every task, with and without an optional parameter: a new one is tested by being registered. */
export const registered = metrics.flatMap((metric) =>
  metric.tasks.flatMap((task) =>
    [...new Set([exampleOf(metric), ...parametersOf(metric)])].map((text) => ({ text, task, metric })),
  ),
);

function parametersOf({ name, parameter }: Metric): string[] {
  if (parameter === undefined) return [];
  return [
    `${name}@${parameter.example}`,
    ...(parameter.name === "k" && parameter.check(2) && !parameter.check(2.5) ? [`${name}@2`] : []),
  ];
}

/** Every place of the sample, in order. */
export function all(sample: Sample): number[] {
  return times(sample.size, (place) => place);
}

/** The value of a metric over the observations at these places. */
export function valueOf(text: string, task: Task, sample: Sample, places: readonly number[] = all(sample)): number {
  return evaluateMetric(text, sample.take(places), samplers[task].facts).value;
}

/** Equal but for rounding. */
export function close(actual: number, expected: number, digits = 1e-9): boolean {
  return Object.is(actual, expected) || Math.abs(actual - expected) <= digits * Math.max(1, Math.abs(expected));
}

/** An array of `count` values made in order. */
export function times<T>(count: number, make: (place: number) => T): T[] {
  return Array.from({ length: count }, (_, place) => make(place));
}

function round(value: number, coarse: boolean): number {
  return coarse ? Math.round(value * 5) / 5 : value;
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

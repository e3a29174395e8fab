import type { MetricWords } from "./metric.ts";

type Parameter = NonNullable<MetricWords["parameter"]>;

/** The parameters that metrics take: each says what it must be, so that an error can say it too. */
export const cutoff: Parameter = {
  name: "k",
  required: true,
  example: "10",
  says: "a whole number from 1: how many of the best are looked at",
  check: (value) => Number.isInteger(value) && value >= 1,
};

export const optionalCutoff: Parameter = { ...cutoff, required: false };

export const binCount: Parameter = {
  name: "bins",
  required: false,
  example: "15",
  says: "a whole number from 1 to 1000: bins of equal width (15 without it)",
  check: (value) => Number.isInteger(value) && value >= 1 && value <= 1000,
};

export const share: Parameter = {
  name: "k",
  required: true,
  example: "0.1",
  says: "a share of the rows above 0 and up to 1, or a percentage above 1 and up to 100: 0.1 and 10 look at the best 10%",
  check: (value) => value > 0 && value <= 100,
};

export const beta: Parameter = {
  name: "b",
  required: true,
  example: "0.5",
  says: "a number above 0: how many times as much recall counts as precision",
  check: (value) => value > 0 && Number.isFinite(value),
};

export const quantile: Parameter = {
  name: "q",
  required: true,
  example: "0.9",
  says: "a number between 0 and 1: the quantile that is predicted",
  check: (value) => value > 0 && value < 1,
};

export const period: Parameter = {
  name: "period",
  required: true,
  example: "24",
  says: "a whole number from 1: how many steps back the naive forecast looks (1: the last value)",
  check: (value) => Number.isInteger(value) && value >= 1,
};

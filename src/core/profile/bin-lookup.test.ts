import { expect, test } from "vitest";
import { createRandom } from "../statistics/random.ts";
import { countBins, createBinLookup, findBin } from "./bin-lookup.ts";
import { makeEdges } from "./make-edges.ts";

const random = createRandom(5);
const draw = (count: number, one: (i: number) => number): Float64Array =>
  Float64Array.from({ length: count }, (_, i) => one(i));
const cauchy = (): number => Math.tan(Math.PI * (random.next() - 0.5));

const shapes: Readonly<Record<string, Float64Array>> = {
  "around zero": draw(3000, () => random.nextNormal()),
  skewed: draw(3000, () => Math.exp(10 * random.next())),
  "heavy tails on both sides": draw(3000, () => cauchy() ** 3),
  "nothing but a flag": draw(3000, () => random.nextBelow(2)),
  "whole numbers": draw(3000, () => Math.round(300 * random.nextNormal())),
  "mostly zero": draw(3000, () => (random.next() < 0.7 ? 0 : Math.exp(5 * random.nextNormal()))),
  negative: draw(3000, () => -1e6 - Math.exp(8 * random.next())),
  "three hundred decades": draw(3000, () => 10 ** (600 * (random.next() - 0.5))),
  "neighbouring doubles": draw(3000, (i) => 1 + (i % 5) * Number.EPSILON),
  "the whole range of doubles": draw(3000, () => (random.next() - 0.5) * 2 * Number.MAX_VALUE),
  "one value": draw(100, () => 7),
  "no value": new Float64Array(0),
};

test.each(Object.entries(shapes))("values and edges find their bins: %s", (_, values) => {
  const { edges } = makeEdges(values.slice().sort(), false);
  const lookup = createBinLookup(edges);
  const far = draw(300, () => cauchy() * Math.exp(14 * random.next()));
  const beyond = [0, Number.MAX_VALUE, -Number.MAX_VALUE, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const probes = Float64Array.from([...edges, ...edges.map((edge) => edge * (1 - 1e-9)), ...values, ...far, ...beyond]);
  const expected = new Float64Array(edges.length + 1);
  for (const value of probes) {
    const bin = edges.filter((edge) => edge <= value).length;
    expected[bin]! += 1;
    expect(findBin(lookup, value)).toBe(bin);
  }
  const counts = new Float64Array(edges.length + 1);
  countBins(counts, lookup, probes, new Uint32Array(probes.buffer), probes.length);
  expect(counts).toEqual(expected);
});

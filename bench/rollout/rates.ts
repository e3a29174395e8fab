/**
 * Rates of a rollout's analysis, measured: worlds of made-up traffic, looked at again and again through `readStep` as the
 * server does. `node bench/rollout/rates.ts [runs] [name]`; seeds are fixed.
 */
import { follow, worlds } from "../../src/core/rollout/rate-worlds.ts";

const [runs = "1000", name = ""] = process.argv.slice(2);

console.log("| world | rollouts | breach | void | passed | median units to the breach |");
console.log("| --- | --- | --- | --- | --- | --- |");
for (const [title, world] of Object.entries(worlds)) {
  if (!title.includes(name)) continue;
  const ends = Array.from({ length: Number(runs) }, (_, i) => follow(world, 50_000 + i));
  const percent = (found: readonly unknown[]): string => `${((100 * found.length) / ends.length).toFixed(2)}%`;
  const share = (outcome: string): string => percent(ends.filter((end) => end.outcome === outcome));
  const delays = ends.filter(({ outcome }) => outcome === "breach").map(({ units }) => units);
  const middle = delays.toSorted((a, b) => a - b)[Math.floor(delays.length / 2)] ?? "";
  console.log(
    `| ${title} | ${ends.length} | ${share("breach")} | ${share("void")} | ${percent(ends.filter(({ passed }) => passed))} | ${middle} |`,
  );
}

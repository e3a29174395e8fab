/**
 * How long and from which seed a fuzzing test runs: as it is written, the same every time; for another search,
 * `UMPIRE_FUZZ_SEED=7 UMPIRE_FUZZ_TIMES=50 npx vitest run test/gateway/fuzz`.
 */
export function fuzzOptions(numRuns: number, seed: number): { readonly numRuns: number; readonly seed: number } {
  return { numRuns: numRuns * fuzzTimes, seed: seed + Number(process.env["UMPIRE_FUZZ_SEED"] ?? 0) * 1000 };
}

export const fuzzTimes = Number(process.env["UMPIRE_FUZZ_TIMES"] ?? 1);

/** For a test that takes some seconds as it is written. */
export const fuzzTimeout = 30_000 * Math.max(1, fuzzTimes);

/**
 * A benchmark: the same work done by Umpire, by the machine's limit and by what users have today, in one run and in
 * turns, because only ratios mean anything on a shared machine.
 */
export interface BenchCase {
  readonly name: string;
  /** The budget in words, with its numbers: printed above the result. */
  readonly budget: string;
  /** Makes what the runs read, once; outside the measured time. */
  readonly prepare?: () => Promise<void>;
  /** How often each run is repeated; the median counts. Default 5. */
  readonly repeats?: number;
  readonly runs: readonly BenchRun[];
  readonly aims: readonly BenchAim[];
}

export interface BenchRun {
  readonly name: string;
  /** Run from the repository's root; `node` is the Node that runs the benchmark. */
  readonly command: readonly string[];
  /**
   * What counts: the wall time of the whole process, or what the process measured itself and printed as its last
   * line, `{"milliseconds": 12.3}`.
   */
  readonly measure: "process" | "printed";
}

/** `run` takes at most `times` as long as `than`; or its peak memory stays below `mebibytes`. */
export type BenchAim =
  | { readonly run: string; readonly than: string; readonly times: number }
  | { readonly run: string; readonly mebibytes: number };

export interface RunFigures {
  readonly milliseconds: number;
  /** Peak resident memory; null for a process that is not Node. */
  readonly mebibytes: number | null;
}

export interface AimResult {
  readonly met: boolean;
  readonly says: string;
}

/** Compares medians with what was aimed at. */
export function judgeAims(aims: readonly BenchAim[], figures: ReadonlyMap<string, RunFigures>): readonly AimResult[] {
  return aims.map((aim) => {
    const own = figures.get(aim.run);
    if (own === undefined) return { met: false, says: `there is no run "${aim.run}"` };
    if ("mebibytes" in aim) {
      if (own.mebibytes === null) return { met: false, says: `${aim.run}: memory was not measured` };
      const used = Math.round(own.mebibytes);
      return { met: used <= aim.mebibytes, says: `${aim.run}: ${used} MiB at the peak, aim ${aim.mebibytes}` };
    }
    const other = figures.get(aim.than);
    if (other === undefined) return { met: false, says: `there is no run "${aim.than}"` };
    const ratio = own.milliseconds / other.milliseconds;
    return { met: ratio <= aim.times, says: `${aim.run}: ${ratio.toFixed(2)} x ${aim.than}, aim ${aim.times}` };
  });
}

/** Median of the repeats; the peak of the memories. */
export function summarise(repeats: readonly RunFigures[]): RunFigures {
  const times = repeats.map((figures) => figures.milliseconds).sort((a, b) => a - b);
  const middle = times.length >> 1;
  const upper = times[middle] ?? Number.NaN;
  const memories = repeats.flatMap((figures) => (figures.mebibytes === null ? [] : [figures.mebibytes]));
  return {
    milliseconds: times.length % 2 === 1 ? upper : ((times[middle - 1] ?? Number.NaN) + upper) / 2,
    mebibytes: memories.length > 0 ? Math.max(...memories) : null,
  };
}

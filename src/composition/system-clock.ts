import type { Clock } from "../app/ports/clock.ts";

/** The time of this machine. */
export const systemClock: Clock = { now: () => Date.now(), monotonic: () => performance.now() };

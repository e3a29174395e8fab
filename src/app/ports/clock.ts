/** Time as an argument, so that tests can turn it and a jump of the machine's clock breaks nothing. */
export interface Clock {
  /** Milliseconds since 1970; may step in both directions. For people and for periods, never for order. */
  now(): number;
  /** Milliseconds that never step back; only differences mean something. */
  monotonic(): number;
}

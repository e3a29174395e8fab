// Loaded before a program (NODE_OPTIONS=--import): its clocks run UMPIRE_TEST_CLOCK_FACTOR times as fast, and its timers
// with them. The network, the disk and other processes keep their own pace.
const factor = Number(process.env.UMPIRE_TEST_CLOCK_FACTOR);
const RealDate = Date;
const wall = RealDate.now();
const monotonic = performance.now.bind(performance);
const started = monotonic();

performance.now = () => started + (monotonic() - started) * factor;
const now = () => Math.floor(wall + (monotonic() - started) * factor);
globalThis.Date = class extends RealDate {
  constructor(...given) {
    if (given.length === 0) super(now());
    else super(...given);
  }

  static now() {
    return now();
  }
};
for (const name of ["setTimeout", "setInterval"]) {
  const real = globalThis[name];
  globalThis[name] = (work, delay = 0, ...given) => real(work, delay / factor, ...given);
}
const realTimeout = AbortSignal.timeout.bind(AbortSignal);
AbortSignal.timeout = (delay) => realTimeout(Math.ceil(delay / factor));

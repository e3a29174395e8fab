// Loaded before a program (NODE_OPTIONS=--import): its wall clock is off by the milliseconds that stand in the file
// UMPIRE_TEST_CLOCK_FILE, read anew each time, as when somebody sets the clock. What measures time goes on undisturbed.
import { readFileSync } from "node:fs";

const RealDate = Date;
const realNow = RealDate.now.bind(RealDate);
const offset = () => {
  try {
    return Number(readFileSync(process.env.UMPIRE_TEST_CLOCK_FILE, "utf8")) || 0;
  } catch {
    return 0;
  }
};
globalThis.Date = class extends RealDate {
  constructor(...given) {
    if (given.length === 0) super(realNow() + offset());
    else super(...given);
  }

  static now() {
    return realNow() + offset();
  }
};

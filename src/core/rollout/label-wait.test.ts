import { describe, expect, it } from "vitest";
import { createRandom } from "../statistics/random.ts";
import { ageRung, delayRung, type LabelCell, learnWait, rung } from "./label-wait.ts";

const DAY = 86_400_000;
const none = [
  { given: 1e6, come: 0 },
  { given: 1e6, come: 0 },
] as const;

/** Answers of both arms, evenly over so many days; their labels take an exponential time of its mean. */
function cells(days: number, means: readonly [number, number], kinds: readonly [number, number] = [1, 1]): LabelCell[] {
  const random = createRandom(days);
  const out: LabelCell[] = [];
  for (let i = 0; i < 20_000; i++) {
    const arm = i % 2 === 0 ? 0 : 1;
    const kind = random.next() < 0.2 ? 1 : 0;
    const age = random.next() * days * DAY;
    const delay = -Math.log(1 - random.next()) * means[arm] * kinds[kind]! * DAY;
    if (delay > age) continue;
    out.push({ arm, kind: String(kind), delay: delayRung(delay), age: ageRung(age), count: 1 });
  }
  return out;
}

describe("how long labels are waited for", () => {
  it("puts delays and ages on the ladder so that an answer shows every delay up to its own rung", () => {
    for (const milliseconds of [1, 999, 1000, 1001, 3e5, 7.7e7, 4e9]) {
      expect(rung(delayRung(milliseconds))).toBeGreaterThanOrEqual(milliseconds - 1e-6);
      if (milliseconds >= 1000) expect(rung(ageRung(milliseconds))).toBeLessThanOrEqual(milliseconds + 1e-6);
    }
    expect(ageRung(10)).toBe(-1);
  });

  it("is the time in which 95 of 100 labels come, however many of them are still to come", () => {
    // Of an exponential delay 95% have come after 3 means; a rung is at most a factor of 1.19 above.
    const wait = learnWait(cells(60, [1, 1]), none)! / DAY;
    expect(wait).toBeGreaterThan(2.9);
    expect(wait).toBeLessThan(3 * 1.25);
  });

  it("is that of the slower arm, and of the slower kind of label", () => {
    const slow = learnWait(cells(60, [1, 4]), none)! / DAY;
    expect(slow).toBeGreaterThan(11.5);
    const kind = learnWait(cells(60, [1, 1], [1, 4]), none)! / DAY;
    expect(kind).toBeGreaterThan(11.5);
  });

  it("is not known while labels still come for the oldest answers, or few have come", () => {
    expect(learnWait(cells(2, [2, 2]), none)).toBeNull();
    expect(learnWait(cells(60, [1, 1]).slice(0, 40), none)).toBeNull();
    expect(learnWait([], none)).toBeNull();
  });

  it("is nothing where hardly a label is missing", () => {
    expect(
      learnWait(
        [],
        [
          { given: 100, come: 95 },
          { given: 50, come: 50 },
        ],
      ),
    ).toBe(0);
  });
});

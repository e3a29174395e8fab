import { expect, test } from "vitest";
import { type CallJudge, Guard, type GuardOptions } from "./guard.ts";

const options: GuardOptions = { timeoutMilliseconds: 1000, concurrency: 4, failures: 3, openMilliseconds: 5000 };
const judge: CallJudge<number> = { isMistake: () => false, isUseless: Number.isNaN };
const broken = (): Promise<never> => Promise.reject(new Error("index out of range"));

async function failTimes(guard: Guard, times: number): Promise<void> {
  for (let i = 0; i < times; i++) await expect(guard.run(broken, judge)).rejects.toThrow("index out of range");
}

test("errors in a row open the circuit, which lets one call try when its time is over", async () => {
  let now = 0;
  const guard = new Guard(options, () => now);
  await failTimes(guard, 3);
  expect(guard.circuit).toBe("open");
  await expect(guard.run(() => Promise.resolve(1), judge)).rejects.toMatchObject({ reason: "circuit-open" });
  now = 5000;
  expect(guard.circuit).toBe("half-open");
  expect(await guard.run(() => Promise.resolve(1), judge)).toBe(1);
  expect(guard.circuit).toBe("closed");
});

test("answers in a row that are none open the circuit as errors do; one good answer starts the count again", async () => {
  const guard = new Guard(options, () => 0);
  const answer = (value: number): Promise<number> => guard.run(() => Promise.resolve(value), judge);
  for (const value of [Number.NaN, Number.NaN, 1, Number.NaN, Number.NaN]) await answer(value);
  expect(guard.circuit).toBe("closed");
  expect(await answer(Number.NaN)).toBeNaN();
  await expect(answer(1)).rejects.toMatchObject({ reason: "circuit-open" });
});

test("answers that are none because of what was asked say nothing of the version", async () => {
  const guard = new Guard(options, () => 0);
  const ask = (excused: boolean): Promise<number> =>
    guard.run(
      () => Promise.resolve(Number.NaN),
      judge,
      undefined,
      () => excused,
    );
  for (let i = 0; i < 9; i++) await ask(true);
  expect(guard.circuit).toBe("closed");
  for (let i = 0; i < 3; i++) await ask(false);
  expect(guard.circuit).toBe("open");
});

test("time-outs in a row open the circuit where the version is asked again in vain, and not where it answers", async () => {
  const slow = { ...options, timeoutMilliseconds: 5 };
  for (const [answers, circuit] of [
    [true, "closed"],
    [false, "open"],
  ] as const) {
    const guard = new Guard(
      slow,
      () => 0,
      () => Promise.resolve(answers),
    );
    for (let i = 0; i < 3; i++) {
      await expect(guard.run(() => new Promise<number>(() => {}), judge)).rejects.toMatchObject({ reason: "timeout" });
    }
    await Promise.resolve();
    expect(guard.circuit).toBe(circuit);
  }
});

test("no caller waits while the version is asked again", async () => {
  const guard = new Guard(
    options,
    () => 0,
    () => new Promise<boolean>(() => {}),
  );
  await failTimes(guard, 8);
  expect(guard.circuit).toBe("closed");
});

test("a poisonous request that is the one that tries leaves no one else shut out", async () => {
  let now = 0;
  let well = false;
  const guard = new Guard(
    options,
    () => now,
    () => Promise.resolve(well),
  );
  await failTimes(guard, 3);
  expect(guard.circuit).toBe("open");
  well = true;
  now = 5000;
  await failTimes(guard, 1);
  expect(guard.circuit).toBe("closed");
  expect(await guard.run(() => Promise.resolve(1), judge)).toBe(1);
});

test("a poisonous request that is sent again and again shuts no one else out", async () => {
  let asked = 0;
  const well = (): Promise<boolean> => Promise.resolve(++asked > 0);
  const guard = new Guard(options, () => 0, well);
  await failTimes(guard, 8);
  expect(guard.circuit).toBe("closed");
  expect(asked).toBe(2);
});

test("where the version no longer answers what it could answer before, the circuit opens", async () => {
  for (const recheck of [() => Promise.resolve(false), broken]) {
    const guard = new Guard(options, () => 0, recheck);
    await failTimes(guard, 3);
    expect(guard.circuit).toBe("open");
  }
});

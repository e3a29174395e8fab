import { expect, test } from "vitest";
import { Guard, type GuardOptions } from "./guard.ts";

const options: GuardOptions = { timeoutMilliseconds: 1000, concurrency: 4, failures: 3, openMilliseconds: 5000 };
const noMistake = (): boolean => false;
const broken = (): Promise<never> => Promise.reject(new Error("index out of range"));

async function failTimes(guard: Guard, times: number): Promise<void> {
  for (let i = 0; i < times; i++) await expect(guard.run(broken, noMistake)).rejects.toThrow("index out of range");
}

test("errors in a row open the circuit, which lets one call try when its time is over", async () => {
  let now = 0;
  const guard = new Guard(options, () => now);
  await failTimes(guard, 3);
  expect(guard.circuit).toBe("open");
  await expect(guard.run(() => Promise.resolve(1), noMistake)).rejects.toMatchObject({ reason: "circuit-open" });
  now = 5000;
  expect(guard.circuit).toBe("half-open");
  expect(await guard.run(() => Promise.resolve(1), noMistake)).toBe(1);
  expect(guard.circuit).toBe("closed");
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

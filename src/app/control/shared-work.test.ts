import { expect, it } from "vitest";
import { SharedWork } from "./shared-work.ts";

it("does one piece at a time; who asks for the same meanwhile shares the next one, with what came before it", async () => {
  const shared = new SharedWork<number>();
  const gates: PromiseWithResolvers<void>[] = [];
  let state = 0;
  let atATime = 0;
  let most = 0;
  const work = async (): Promise<number> => {
    most = Math.max(most, ++atATime);
    const seen = state;
    const gate = Promise.withResolvers<void>();
    gates.push(gate);
    await gate.promise;
    atATime--;
    return seen;
  };
  const first = shared.do("a", work);
  await Promise.resolve();
  state = 1;
  const later = [shared.do("a", work), shared.do("a", work), shared.do("b", work)];
  for (let done = 0; done < 3; done++) {
    while (gates.length <= done) await new Promise((settle) => setImmediate(settle));
    gates[done]!.resolve();
  }
  expect(await first).toBe(0);
  expect(await Promise.all(later)).toEqual([1, 1, 1]);
  expect([gates.length, most]).toEqual([3, 1]);
});

it("goes on after a piece that failed", async () => {
  const shared = new SharedWork<number>();
  await expect(shared.do("a", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(await shared.do("a", () => Promise.resolve(2))).toBe(2);
});

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { GatewayOrders, GatewayReport } from "../../core/registry/gateway-orders.ts";
import { plainRouting } from "../../core/serving/routing-state.ts";
import type { OrderLink } from "../ports/order-link.ts";
import { GatewayRollbacks } from "./gateway-rollbacks.ts";
import { GatewayState } from "./gateway-state.ts";
import { usualGuard } from "./guard.ts";
import { type KeptOrders, OrderFollower } from "./order-follower.ts";
import { createRuleModel } from "./rule-model.ts";
import { ServedModel } from "./served-model.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const columns = { unit: null, time: null, id: null, group: null, item: null };
const seconds = (count: number): Promise<unknown> => vi.advanceTimersByTimeAsync(count * 1000);

function ordersOf(revision: number, champion: string): GatewayOrders {
  const versions = { "1": { kind: "constant", value: 0.1 }, "2": { kind: "constant", value: 0.2 } } as const;
  return {
    schema: "umpire.orders/1",
    revision,
    models: { ranker: { task: null, columns, routing: plainRouting(champion), versions } },
  };
}

/** A gateway of one model, and a server that is told what to do at each poll. */
function opened(poll: (tag: string | null) => Promise<KeptOrders | null>) {
  const models = new Map<string, ServedModel>();
  const clock = { now: () => Date.now(), monotonic: () => performance.now() };
  const kept: KeptOrders[] = [];
  const problems: string[] = [];
  const reports: GatewayReport[] = [];
  let aborted: Promise<never> | null = null;
  const link: OrderLink = {
    poll: (tag, report, signal) => {
      reports.push(report);
      aborted ??= new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
      return Promise.race([poll(tag), aborted]);
    },
    path: (digest) => digest,
    file: (digest) => Promise.resolve(digest),
  };
  const store = { read: () => null, write: () => {} };
  const state = new GatewayState(models, store, store);
  const now = (): number => clock.now();
  const rollbacks = new GatewayRollbacks({ models, state, kept: store, now, newId: () => "one" });
  const follower = new OrderFollower({
    link,
    rollbacks,
    kept: { read: () => null, write: (orders) => kept.push(orders) },
    models,
    state,
    load: (source) => Promise.resolve(createRuleModel(source as Parameters<typeof createRuleModel>[0])),
    open: async ({ name, versions, routing }) => {
      const options = { task: null, columns, rules: null, preparation: null, guard: usualGuard };
      const model = new ServedModel(name, options, routing, clock);
      for (const { version, source } of versions) {
        await model.add(version, createRuleModel(source as Parameters<typeof createRuleModel>[0]));
      }
      return model;
    },
    trustAddresses: false,
    address: null,
    onProblem: (problem) => problems.push(problem),
  });
  return { follower, state, kept, problems, reports, champion: () => models.get("ranker")?.routing.champion ?? null };
}

test("a server that is gone for an hour is asked about once a second, and followed a second after it is back", async () => {
  let there = true;
  let polls = 0;
  let answer: KeptOrders | null = { orders: ordersOf(1, "1"), tag: "a" };
  const gateway = opened(async (tag) => {
    polls++;
    if (!there) throw new Error("nothing answers");
    if (answer !== null && answer.tag !== tag) return answer;
    await new Promise((resolve) => setTimeout(resolve, 25_000));
    return null;
  });
  gateway.follower.start();
  await seconds(1);
  expect(gateway.champion()).toBe("1");
  there = false;
  await seconds(30);
  polls = 0;
  for (let minute = 0; minute < 60; minute++) {
    await seconds(60);
    expect(gateway.champion()).toBe("1");
    expect(gateway.follower.revision).toBe(1);
    // One pause, and nothing that piles up.
    expect(vi.getTimerCount()).toBe(1);
  }
  expect(polls).toBeGreaterThan(3500);
  expect(polls).toBeLessThan(3700);
  there = true;
  answer = { orders: ordersOf(2, "2"), tag: "b" };
  await seconds(1.1);
  expect(gateway.champion()).toBe("2");
  expect(gateway.kept.at(-1)).toEqual(answer);
  await gateway.follower.stop();
});

test("a server that answers nonsense for an hour changes nothing", async () => {
  let sane = true;
  const gateway = opened(() => {
    if (sane) {
      sane = false;
      return Promise.resolve({ orders: ordersOf(1, "1"), tag: "a" });
    }
    return Promise.resolve({ orders: {} as GatewayOrders, tag: "x" });
  });
  gateway.follower.start();
  await seconds(3600);
  expect(gateway.champion()).toBe("1");
  expect(gateway.follower.revision).toBe(1);
  expect(gateway.kept).toHaveLength(1);
  await gateway.follower.stop();
});

test("a routing set by hand at the gateway stands until the server orders anew, and the server is told of it", async () => {
  let answer: KeptOrders = { orders: ordersOf(1, "1"), tag: "a" };
  const gateway = opened(async (tag) => {
    if (answer.tag !== tag) return answer;
    await new Promise((resolve) => setTimeout(resolve, 1000));
    return null;
  });
  gateway.follower.start();
  await seconds(2);
  expect(gateway.reports.at(-1)!.problems).toEqual([]);
  gateway.state.setRouting("ranker", plainRouting("2"), null);
  await seconds(2);
  expect(gateway.champion()).toBe("2");
  expect(gateway.reports.at(-1)!.problems).toEqual([
    expect.stringContaining("ranker is routed by hand at this gateway"),
  ]);
  answer = { orders: ordersOf(2, "1"), tag: "b" };
  await seconds(2);
  expect(gateway.champion()).toBe("1");
  expect(gateway.reports.at(-1)!.problems).toEqual([]);
  const stopped = gateway.follower.stop();
  await seconds(2);
  await stopped;
});

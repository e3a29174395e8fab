import { describe, expect, it } from "vitest";
import { MemoryControlStore } from "../control/memory-control-store.ts";
import { rolloutAlarms, untoldReleases } from "./rollout-alarms.ts";

type Told = Parameters<ReturnType<typeof rolloutAlarms>>[0];

/** An alert center that keeps its alarms in a list. */
function center() {
  const firing = new Set<string>();
  const actions = new Map<string, readonly string[]>();
  const tell = rolloutAlarms({
    signal: async (_, signals) => {
      for (const signal of signals) {
        firing.add(signal.key);
        actions.set(signal.key, signal.actions);
      }
    },
    resolve: async (_, key) => void firing.delete(key),
    list: async () => [...firing].map((key) => ({ key, state: "firing" })) as never,
  });
  const say = (severity: Told["severity"], rollout: string) => tell({ kind: "tell", severity, text: "t" }, rollout);
  const ask = (rollout: string) => tell({ kind: "tell", severity: "warning", text: "t", asks: true }, rollout);
  return { firing, actions, say, ask };
}

it("ends a question when it is answered, and when the release is rolled back over it", async () => {
  const { firing, say, ask } = center();
  await ask("ranker.r2");
  await say("info", "ranker.r2");
  expect([...firing]).toEqual([]);
  await ask("ranker.r2");
  await say("error", "ranker.r2");
  expect([...firing]).toEqual(["rollback:ranker.r2"]);
});

it("ends the alarms of a model's earlier releases when a later one has something to tell, and of no other model", async () => {
  const { firing, say, ask } = center();
  await say("error", "ranker.r1");
  await say("error", "rank.r1");
  await ask("ranker.r2");
  expect([...firing]).toEqual(["rollback:rank.r1", "release:ranker.r2"]);
  await say("info", "ranker.r3");
  expect([...firing]).toEqual(["rollback:rank.r1"]);
});

it("names a command that says more of this release", async () => {
  const { actions, ask } = center();
  await ask("ranker.r2");
  expect(actions.get("release:ranker.r2")).toContain("umpire release status ranker");
});

it("tells of a person's rollback over an open question, and ends the question", async () => {
  const { firing, say, ask } = center();
  await ask("ranker.r2");
  await say("warning", "ranker.r2");
  expect([...firing]).toEqual(["rollback:ranker.r2"]);
});

describe("after a kill between a decision and its alarm", () => {
  const clock = { now: () => 1, monotonic: () => 1 };
  const document = (id: string, number: number, state: object, decisions: readonly object[] = []) => ({
    number,
    state: { plan: { id, model: "ranker" }, question: null, ...state },
    decisions,
  });
  const untold = async (documents: readonly ReturnType<typeof document>[], alarms: readonly object[] = []) => {
    const store = new MemoryControlStore(clock);
    for (const body of documents) {
      await store.change({ name: "u", role: "system" }, (state) =>
        state.put({ kind: "rollout", id: body.state.plan.id, parent: "ranker", body, action: "x" }),
      );
    }
    return untoldReleases(store, { list: async () => alarms as never });
  };
  const rollback = { by: "umpire", decision: "roll-back", to: "rolled back to 1", reason: "errors" };

  it("an open question of the newest release is told, unless its alarm fires", async () => {
    const documents = [
      document("ranker.r1", 1, { question: { text: "old?" } }),
      document("ranker.r2", 2, { question: { text: "open?" } }),
    ];
    const tell = { kind: "tell", severity: "warning", text: "ranker: open?", asks: true };
    expect(await untold(documents)).toEqual([[tell, "ranker.r2"]]);
    expect(await untold(documents, [{ key: "release:ranker.r2", state: "firing" }])).toEqual([]);
    expect(await untold(documents, [{ key: "release:ranker.r2", state: "recovered" }])).toHaveLength(1);
  });

  it("a rollback that Umpire decided last is told once, also where its alarm is over", async () => {
    const documents = [document("ranker.r1", 1, {}, [rollback])];
    expect(await untold(documents)).toMatchObject([
      [{ severity: "error", text: "ranker: rolled back to 1: errors" }, "ranker.r1"],
    ]);
    expect(await untold(documents, [{ key: "rollback:ranker.r1", state: "recovered" }])).toEqual([]);
    expect(await untold([document("ranker.r1", 1, {}, [{ ...rollback, by: "ann" }])])).toEqual([]);
  });
});

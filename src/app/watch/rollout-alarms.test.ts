import { expect, it } from "vitest";
import { rolloutAlarms } from "./rollout-alarms.ts";

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
  return { firing, actions, say };
}

it("ends a question when it is answered, and when the release is rolled back over it", async () => {
  const { firing, say } = center();
  await say("warning", "ranker.r2");
  await say("info", "ranker.r2");
  expect([...firing]).toEqual([]);
  await say("warning", "ranker.r2");
  await say("error", "ranker.r2");
  expect([...firing]).toEqual(["rollback:ranker.r2"]);
});

it("ends the alarms of a model's earlier releases when a later one has something to tell, and of no other model", async () => {
  const { firing, say } = center();
  await say("error", "ranker.r1");
  await say("error", "rank.r1");
  await say("warning", "ranker.r2");
  expect([...firing]).toEqual(["rollback:rank.r1", "release:ranker.r2"]);
  await say("info", "ranker.r3");
  expect([...firing]).toEqual(["rollback:rank.r1"]);
});

it("names a command that says more of this release", async () => {
  const { actions, say } = center();
  await say("warning", "ranker.r2");
  expect(actions.get("release:ranker.r2")).toContain("umpire release status ranker");
});

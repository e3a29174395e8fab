import { expect, it } from "vitest";
import { applyEvent } from "./apply-event.ts";
import { keptCohorts } from "./moves.ts";
import { usualRelease } from "./release-policy.ts";
import { type RolloutState, startingState } from "./rollout-state.ts";
import { routingFor } from "./routing-for.ts";
import { plainPlan } from "./simulated-traffic.ts";

const women = { name: "women", where: { sex: "F" } as never };
const men = { name: "men", where: { sex: "M" } as never };
const young = { cohort: "young", where: { age: { below: 30 } } as never, unproven: ["young"], reason: "" };
const plan = {
  ...plainPlan([{ ...usualRelease.usual, ...young, shares: [0.2, 0.5] }], []),
  guarded: [women, men],
};

function opened(): RolloutState {
  const consent = { by: "ann", evidence: "v" };
  return applyEvent(startingState(plan), { kind: "start", at: 0, by: "ann", consent }).state;
}

const advance = (state: RolloutState, consent: readonly string[]) =>
  applyEvent(state, { kind: "advance", at: 0, by: "ann", reason: "", consent });

it("tells which cohorts stay, also where together they are all of an open stage", () => {
  expect(keptCohorts(opened())).toEqual(["women", "men"]);
});

it("opens a kept cohort to which a person consents by name, inside the stage that is open", () => {
  const { state, refused } = advance(opened(), ["women"]);
  expect(refused).toBeNull();
  expect(keptCohorts(state)).toEqual(["men"]);
  expect(routingFor(state).cohorts.map(({ name }) => name)).toEqual(["men", "young"]);
});

it("refuses consent to what takes none, and names what does", () => {
  expect(advance(opened(), ["womn"]).refused).toBe("womn takes no consent; these do: women, men, young");
});

it("tells when a question is answered, so that its alarm ends", () => {
  const asking = applyEvent(startingState(plan), { kind: "start", at: 0, by: "ann" }).state;
  const told = (event: Parameters<typeof applyEvent>[1]) =>
    applyEvent(asking, event).effects.flatMap((effect) => (effect.kind === "tell" ? [effect.severity] : []));
  expect(asking.phase).toBe("asking");
  expect(told({ kind: "approve", at: 0, by: "ann", evidence: "v" })).toEqual(["info"]);
  expect(told({ kind: "hold", at: 0, by: "ann", reason: "" })).toEqual(["info"]);
});

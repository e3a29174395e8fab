import type { Errand, ErrandAnswer } from "../../core/registry/gateway-orders.ts";
import { type OverrideParts, overrideOf } from "../../schemas/serving/parse-override.ts";
import type { GatewayState } from "./gateway-state.ts";

/**
 * What a person asks of this gateway by way of its server: enter, withdraw or show an override. It may come twice, and
 * does the same then. What is wrong with it is the answer, never thrown.
 */
export function doErrand(errand: Errand, state: GatewayState, parts: Omit<OverrideParts, "newId">): ErrandAnswer {
  const answer = (problem: string | null, subject: string | null = null): ErrandAnswer => ({
    id: errand.id,
    problem,
    subject,
  });
  try {
    switch (errand.kind) {
      case "enter":
        state.enter(overrideOf(errand.override, { ...parts, newId: () => errand.id }));
        return answer(null);
      case "withdraw":
        state.withdraw(errand.override);
        return answer(null);
      case "show": {
        const found = state.overrides.find(({ id }) => id === errand.override);
        if (found === undefined) return answer("it has ended");
        return answer(null, found.kind === "opt-out" ? found.unit : found.item);
      }
      default:
        return answer("this gateway does not know such an errand; it is of an older version");
    }
  } catch (error) {
    return answer(error instanceof Error ? error.message : String(error));
  }
}

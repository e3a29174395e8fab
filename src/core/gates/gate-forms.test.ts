import { describe, expect, it } from "vitest";
import { createRandom } from "../statistics/random.ts";
import { decide } from "./decide.ts";
import { gateForms } from "./gate-forms.ts";
import { prepare } from "./prepare.ts";
import { simulateDecisionInput } from "./simulated-evidence.ts";

describe("the catalogue of gates", () => {
  it("has exactly one entry for every gate that a decision lists", () => {
    const slice = { users: 100, rowsPerUser: 3, effect: 0.3 };
    const input = simulateDecisionInput(createRandom(3), [{ ...slice, blocking: true }, slice]);
    const { gates } = decide(prepare(input));
    expect(gates.length).toBeGreaterThan(1);
    for (const { name } of gates) {
      const forms = gateForms.filter((form) =>
        form.name.endsWith(" ") ? name.startsWith(form.name) : name === form.name,
      );
      expect(forms, name).toHaveLength(1);
    }
  });
});

import { expect, test } from "vitest";
import type { ColumnDrift } from "../drift/drift-document.ts";
import { type CohortDrift, driftSignals } from "./drift-signals.ts";

function cohort(slice: string, blocking: boolean, outcome: "drift" | "no-drift" | "not-enough-data"): CohortDrift {
  const columns = [
    { name: "age", drifted: true, effect: 0.2, since: "2026-11-03T00:00:00.000Z" },
    { name: "income", drifted: true, effect: 0.7, since: "2026-11-01T00:00:00.000Z" },
    { name: "area", drifted: false, effect: 0.9, since: null },
  ] as unknown as ColumnDrift[];
  return { slice, blocking, document: { outcome, columns, reason: "why" } };
}

test("one alarm a slice names what moved, the largest effect first, since the earliest day", () => {
  const { signals } = driftSignals("m", "ann", [cohort("young", false, "drift")]);
  expect(signals).toHaveLength(1);
  expect(signals[0]).toMatchObject({ key: "drift:m/young", severity: "warning", owner: "ann" });
  expect(signals[0]!.message).toBe("young: income (effect 0.70), age (effect 0.20) drifted since 1 Nov 2026");
});

test("where no single column moved, the document's reason is the message", () => {
  const { document } = cohort("young", false, "drift");
  const joint = {
    ...document,
    columns: [],
    reason: "no single column moved, but the way columns vary together changed",
  };
  const { signals } = driftSignals("m", null, [{ slice: "young", blocking: false, document: joint }]);
  expect(signals[0]!.message).toBe("young: no single column moved, but the way columns vary together changed");
});

test("drift of a slice that blocks releases is an error", () => {
  expect(driftSignals("m", null, [cohort("young", true, "drift")]).signals[0]!.severity).toBe("error");
});

test("a slice without drift ends its alarm, and one without enough data leaves it as it is", () => {
  const found = driftSignals("m", null, [cohort("a", true, "no-drift"), cohort("b", true, "not-enough-data")]);
  expect(found).toEqual({ signals: [], quiet: ["drift:m/a"] });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { raise, recover, remind, resolve, snooze, type Alert, type Notice, type Signal } from "./alert.ts";
import { channelsFor } from "./route.ts";

const rules = { repeatAfter: 1000, quietAfter: 200 };
const signal: Signal = {
  key: "drift:films/age",
  severity: "warning",
  model: "films",
  owner: "data",
  message: "age moved",
  actions: [],
};

/** Plays signals at given moments, with a look for recovery before each, and returns what was told. */
function play(moments: readonly number[]): { notices: Notice[]; alert: Alert | null } {
  let alert: Alert | null = null;
  const notices: Notice[] = [];
  for (const now of moments) {
    const ended: ReturnType<typeof recover> = alert === null ? null : recover(alert, now - alert.lastSeen, now, rules);
    if (ended !== null) {
      alert = ended.alert;
      notices.push(ended.notice);
    }
    const next = raise(alert, signal, now, rules);
    alert = next.alert;
    if (next.notice !== null) notices.push(next.notice);
  }
  return { notices, alert };
}

const moments = fc
  .array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 60 })
  .map((gaps) => gaps.map((_, i) => gaps.slice(0, i + 1).reduce((a, b) => a + b, 0)));

describe("an alarm", () => {
  it("is told when it begins and when it ends, in turn, with reminders no closer than promised", () => {
    fc.assert(
      fc.property(moments, (times) => {
        const { notices } = play(times);
        expect(notices[0]!.kind).toBe("raised");
        let firing = false;
        let told = Number.NEGATIVE_INFINITY;
        for (const { kind, alert } of notices) {
          if (kind === "raised") expect(firing).toBe(false);
          else expect(firing).toBe(true);
          if (kind === "reminder") expect(alert.lastTold! - told).toBeGreaterThanOrEqual(rules.repeatAfter);
          firing = kind !== "recovered";
          if (alert.lastTold !== null && firing) told = alert.lastTold;
        }
      }),
    );
  });

  it("counts every signal of the alarm that fires", () => {
    expect(play([0, 10, 20, 30]).alert!.count).toBe(4);
    expect(play([0, 10, 20, 500]).alert!.count).toBe(1);
  });

  it("is silent while snoozed, speaks when it grows more severe, and says who snoozed it", () => {
    const first = raise(null, signal, 0, rules).alert;
    const quiet = snooze(first, 0, 5000, "ada");
    const again = raise(quiet, signal, 2000, rules);
    expect(again.notice).toBeNull();
    expect(again.alert.snoozedBy).toBe("ada");
    expect(raise(quiet, { ...signal, severity: "error" }, 2000, rules).notice!.kind).toBe("worse");
  });

  it("that sinks and rises again is told as worse once, until a reminder has told of the lesser", () => {
    const severities = ["warning", "error", "warning", "error", "warning", "error"] as const;
    let { alert } = raise(null, signal, 0, rules);
    const kinds = severities.map((severity, i) => {
      const next = raise(alert, { ...signal, severity }, i + 1, rules);
      alert = next.alert;
      return next.notice?.kind ?? null;
    });
    expect(kinds).toEqual([null, "worse", null, null, null, null]);
    const reminded = raise(alert, signal, 2000, rules);
    expect(reminded.notice!.kind).toBe("reminder");
    expect(raise(reminded.alert, { ...signal, severity: "error" }, 2001, rules).notice!.kind).toBe("worse");
  });

  it("ends once", () => {
    const ended = resolve(raise(null, signal, 0, rules).alert, 50)!;
    expect(ended.notice.kind).toBe("recovered");
    expect(recover(ended.alert, 9950, 10_000, rules)).toBeNull();
    expect(resolve(ended.alert, 60)).toBeNull();
  });

  it("speaks again when its silence is over, however far the next reminder is", () => {
    const quiet = snooze(raise(null, signal, 0, rules).alert, 0, 50, "ada");
    expect(remind(quiet, 49, rules)).toBeNull();
    const { alert, notice } = remind(quiet, 50, rules)!;
    expect(notice.kind).toBe("reminder");
    expect(alert).toMatchObject({ snoozedUntil: null, snoozedBy: null, lastTold: 50 });
    expect(remind(alert, 51, rules)).toBeNull();
    expect(raise(quiet, signal, 60, rules)).toMatchObject({
      notice: { kind: "reminder" },
      alert: { snoozedUntil: null, snoozedBy: null },
    });
  });

  it("that lasts is ended by what raised it, not by silence, and is told again meanwhile", () => {
    const { alert } = raise(null, { ...signal, lasts: true }, 0, rules);
    expect(recover(alert, 1e12, 1e12, rules)).toBeNull();
    expect(remind(alert, 999, rules)).toBeNull();
    expect(remind(alert, 1000, rules)!.notice.kind).toBe("reminder");
    expect(remind(resolve(alert, 10)!.alert, 1000, rules)).toBeNull();
    expect(remind(raise(null, signal, 0, rules).alert, 1000, rules)).toBeNull();
  });
});

describe("routes", () => {
  const alert = raise(null, signal, 0, rules).alert;
  it("send to every channel of every route that fits, each once", () => {
    const routes = [
      { from: "warning" as const, to: ["slack"] },
      { owner: "data", to: ["mail", "slack"] },
      { model: "other", to: ["x"] },
    ];
    expect(channelsFor(alert, routes, ["console"])).toEqual(["slack", "mail"]);
  });
  it("fall back to the default where none fits", () => {
    expect(channelsFor(alert, [{ from: "error", to: ["pager"] }], ["console"])).toEqual(["console"]);
  });
});

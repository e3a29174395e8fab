import { describe, expect, it } from "vitest";
import { parsePolicy } from "../policy/parse-policy.ts";
import { parseAlerts } from "./parse-alerts.ts";

const policy = `task: binary
data: { test: a.csv }
columns: { label: y }
models: { champion: { column: a }, challenger: { column: b } }
`;
const read = (alerts: string, environment: Record<string, string> = {}) =>
  parseAlerts(parsePolicy(policy + alerts, "umpire.yaml"), environment);

describe("the alerts section", () => {
  it("may be absent", () => {
    expect(read("")).toBeNull();
  });

  it("names channels, routes and spans; secrets come from the environment", () => {
    const settings = read(
      `alerts:
  channels:
    team: { slack: "\${SLACK}" }
    hook: { webhook: https://example.org/hook, secret: "\${KEY}" }
    pager: { command: [./page, --now] }
  routes: [{ from: error, to: [pager, team] }]
  otherwise: [team]
  repeat_after: 12h
`,
      { SLACK: "https://hooks.example.org/T0", KEY: "k" },
    );
    expect(settings!.channels.get("team")).toEqual({
      kind: "slack",
      url: "https://hooks.example.org/T0",
      secret: null,
    });
    expect(settings!.channels.get("hook")).toMatchObject({ kind: "webhook", secret: "k" });
    expect(settings!.channels.get("pager")).toEqual({ kind: "command", command: ["./page", "--now"] });
    expect(settings!.rules.repeatAfter).toBe(12 * 3_600_000);
  });

  it.each([
    [
      "a channel that does not exist",
      "alerts: { channels: { team: { command: [x] } }, otherwise: [teem] }",
      /umpire\.yaml:5:.*teem.*team/s,
    ],
    [
      "a route for the owner of nothing",
      "monitors: { owner: films }\nalerts: { channels: { t: { command: [x] } }, routes: [{ owner: flims, to: [t] }] }",
      /umpire\.yaml:6:.*"flims"; monitors\.owner is "films".*write films/s,
    ],
    [
      "a route for another model",
      "alerts: { channels: { t: { command: [x] } }, routes: [{ model: songs, to: [t] }] }",
      /umpire\.yaml:5:.*hears nothing: alarms of "songs" go by the policy of that model/s,
    ],
    [
      "a severity that there is not",
      "alerts: { channels: { t: { command: [x] } }, routes: [{ from: critical, to: [t] }] }",
      /umpire\.yaml:5:.*info.*warning.*error/s,
    ],
    ["a variable that is not set", 'alerts: { channels: { team: { slack: "${NOT_SET}" } } }', /NOT_SET/],
    ["a channel of two kinds", "alerts: { channels: { t: { slack: https://a, command: [x] } } }", /one of webhook/],
    [
      "a secret as it stands",
      "alerts: { channels: { t: { webhook: https://a, secret: abcd } } }",
      /5:.*write \$\{NAME\}/s,
    ],
    [
      "a password as it stands",
      'alerts: { channels: { t: { webhook: "https://u:abcd@a" } } }',
      /5:.*write \$\{NAME\}/s,
    ],
    [
      "an address of Slack as it stands",
      "alerts: { channels: { t: { slack: https://hooks.slack.com/services/T0/abcd } } }",
      /5:.*write \$\{NAME\}/s,
    ],
    ["an unknown key", "alerts: { channels: {}, rutes: [] }", /rutes/],
  ])("refuses %s, at its line", (_name, alerts, message) => {
    let text = "";
    try {
      read(alerts);
    } catch (error) {
      const { where, message: said, mend } = error as { where: string; message: string; mend: string[] };
      text = [where, said, ...mend].join("\n");
    }
    expect(text).toMatch(message);
  });

  it("never shows the value of a variable in a message", () => {
    try {
      read('alerts: { channels: { t: { slack: "${S}" } } }', { S: "not-an-address-but-secret" });
      expect.unreachable();
    } catch (error) {
      expect(JSON.stringify(error) + String(error)).not.toContain("secret");
    }
  });
});

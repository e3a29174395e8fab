import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { post, startProcess } from "./gateway-process.ts";
import { startServer } from "./server-process.ts";

const folder = mkdtempSync(join(tmpdir(), "umpire-clock-jump-"));
const running: { kill(): void }[] = [];
afterAll(() => {
  for (const process of running) process.kill();
  rmSync(folder, { recursive: true, force: true });
});

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const clockFile = join(folder, "clock");

/** Sets the clock of the server, whole. */
function setClock(milliseconds: number): void {
  writeFileSync(`${clockFile}.new`, String(milliseconds));
  renameSync(`${clockFile}.new`, clockFile);
}

interface Alerts {
  readonly alerts: readonly { readonly key: string; readonly message: string }[];
}

test("a server whose clock is set by hours, days and years moves no stage, answers the same, and tells of it", {
  timeout: 120_000,
}, async () => {
  setClock(0);
  const jumping = new URL("jumping-clock.mjs", import.meta.url).href;
  const predictions = join(folder, ".umpire", "predictions");
  const server = await startServer({
    folder,
    state: join(folder, "state"),
    port: 0,
    flags: ["--predictions", predictions],
    env: { NODE_OPTIONS: `--import ${jumping}`, UMPIRE_TEST_CLOCK_FILE: clockFile },
  });
  running.push({ kill: () => server.child.kill("SIGKILL") });
  for (const value of [0.1, 0.2]) {
    await server.ask("POST", "/v1/models/m/versions", { artifact: { kind: "constant", value } });
  }
  await server.ask("PUT", "/v1/models/m/aliases/champion", { version: "1" });
  const stages = [{ cohort: "everyone", shares: [0.5] }];
  const guardrails = { latency: false, answers: false };
  const release = { stages, shadow: false, least: "1h", most: "2h", least_units: 20, guardrails };
  await server.ask("POST", "/v1/models/m/release", { challenger: "2", consent: true, release });
  await server.ask("PUT", "/v1/schedules/nightly", { cron: "0 5 * * *", job: "verify-trail", parameters: {} });
  const gateway = await startProcess({
    yaml: "gateway: { log: { rotate: false } }\n",
    folder,
    flags: ["--server", server.address],
  });
  running.push({ kill: () => gateway.child.kill("SIGKILL") });
  const answers = async (): Promise<string> => {
    let seen = "";
    for (let i = 0; i < 200; i++) {
      const { body } = await post(gateway.url, "/v1/models/m/predict", { unit: `u${i}`, record: { x: i } });
      seen += String(body["version"]);
    }
    return seen;
  };
  await expect.poll(answers, { timeout: 15_000 }).toMatch(/^[12]+$/);
  const before = await answers();
  type Release = { phase: string; position: unknown; creditedSeconds: number; analysis: { units: number } | null };
  const released = () => server.ask<Release>("GET", "/v1/models/m/release");
  // All that the stage needs but time: enough units, and nothing that fires.
  await expect.poll(async () => (await released()).analysis?.units ?? 0, { timeout: 15_000 }).toBeGreaterThan(20);

  let runs = 0;
  let message = "";
  for (const jump of [DAY, 365 * DAY, -HOUR, -365 * DAY, 0]) {
    setClock(jump);
    // The watch looks every five seconds.
    const told = async (): Promise<string> => {
      const { alerts } = await server.ask<Alerts>("GET", "/v1/alerts");
      return alerts.find(({ key }) => key === "server:clock")?.message ?? "";
    };
    await expect.poll(told, { timeout: 12_000 }).not.toBe(message);
    message = await told();
    expect(message).toContain(String(new Date(Date.now() + jump).getUTCFullYear()));
    expect(await released(), String(jump)).toMatchObject({ phase: "stage", position: { stage: 0, step: 0 } });
    expect((await released()).creditedSeconds).toBeLessThan(600);
    expect(await answers()).toBe(before);
    expect(await server.ask("GET", "/v1/models/m/live")).toMatchObject({ arms: [{ version: "2" }, { version: "1" }] });
    const { schedules } = await server.ask<{ schedules: { run: { started: string } | null }[] }>(
      "GET",
      "/v1/schedules",
    );
    if (schedules[0]!.run !== null) runs++;
  }
  expect(runs).toBeGreaterThan(0);
  const { entries } = await server.ask<{ entries: { action: string }[] }>("GET", "/v1/audit?limit=1000");
  // Missed by the day ahead and by the year ahead: once each, however many nights those seemed to be.
  expect(entries.filter(({ action }) => action === "schedule.start").length).toBeLessThanOrEqual(3);
  expect(entries.filter(({ action }) => action === "rollout.tick")).toEqual([]);
  expect(await server.ask("GET", "/v1/audit/verification")).toMatchObject({ sound: true, problems: [] });
  // And back is back at once, by a clock that is a year behind.
  setClock(-365 * DAY);
  await server.ask("POST", "/v1/models/m/rollback", { to: null, cohort: null, reason: "back" });
  await expect.poll(answers, { timeout: 5000 }).toBe("1".repeat(200));
});

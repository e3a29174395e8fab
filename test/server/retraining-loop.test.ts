import { createHmac } from "node:crypto";
import { rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import { keepRetraining } from "../../src/app/watch/retrain-model.ts";
import type { RetrainingEntry } from "../../src/app/watch/retraining-entry.ts";
import { folderWith } from "../acceptance/command-line.ts";
import {
  ann,
  DAY,
  NOW,
  openWatched,
  referenceCsv,
  registerChampion,
  StandingClock,
  type Watched,
  writePast,
} from "./watched-model.ts";

const policy = (retrain: string, more = ""): string => `model: loans
task: binary
data: { test: test.csv }
columns: { id: id, unit: user, label: label }
models:
  champion: { column: score }
  challenger: { column: score }
metrics: [roc_auc]
slices: { cohort b: { where: { cohort: b }, weight: 1, blocking: true } }
monitors: { owner: ann }
retrain:
  steps: [{ name: train, run: [node, -e, "process.exit(3)"] }]
  produces: model.onnx
${retrain}
${more}`;

const open: { watched: Watched | null; folder: string; servers: Server[] } = { watched: null, folder: "", servers: [] };

/** A server whose champion was made thirty days ago. */
async function start(text: string): Promise<Watched> {
  open.folder = folderWith({ "umpire.yaml": text, "test.csv": referenceCsv(500) });
  const clock = new StandingClock();
  clock.time = NOW - 30 * DAY;
  open.watched = await openWatched(open.folder, clock);
  await registerChampion(open.watched, "loans");
  return open.watched;
}

/** The same state, opened by another process as it were; by the same clock. */
async function restart(before: Watched): Promise<Watched> {
  await before.close();
  open.watched = await openWatched(open.folder, before.clock);
  return open.watched;
}

afterEach(async () => {
  for (const server of open.servers.splice(0)) server.close();
  if ((open.watched?.bugs.length ?? 0) > 0) throw open.watched!.bugs[0];
  await open.watched?.close();
  rmSync(open.folder, { recursive: true, force: true });
});

/** Turns of the loop at given times; each retraining is waited for. */
async function at({ watch, clock }: Watched, ...times: readonly number[]): Promise<void> {
  for (const time of times) {
    clock.time = time;
    await watch.tick();
    await watch.underWay();
  }
}

async function runs({ plane }: Watched): Promise<RetrainingEntry[]> {
  const found = await plane.store.read((state) => state.list<RetrainingEntry>("retraining", { parent: "loans" }));
  return found.map(({ body }) => body);
}

describe("the loop of retraining", () => {
  it("runs by schedule, once for what was missed, and no sooner after a restart or a step of the clock", async () => {
    const first = await start(policy(`  triggers: { schedule: "0 3 * * 1" }\n  cooldown: 1h`));
    await at(first, NOW - 30 * DAY + 60_000);
    expect(await runs(first)).toEqual([]);
    // Two Mondays were missed: one run.
    await at(first, NOW - 15 * DAY, NOW - 15 * DAY + 5000);
    expect(await runs(first)).toMatchObject([{ causes: ["the schedule is due"], by: "triggers", state: "failed" }]);
    const second = await restart(first);
    await at(second, NOW - 15 * DAY + 10_000, NOW - 20 * DAY, NOW - 15 * DAY + 3 * 3_600_000);
    expect(await runs(second)).toHaveLength(1);
    await at(second, NOW - 8 * DAY);
    expect(await runs(second)).toHaveLength(2);
  });

  it("runs when the champion is stale, but no more often than it may in a week, restarts and all", async () => {
    let watched = await start(policy("  triggers: { stale_after: 20d }\n  cooldown: 24h\n  most_per_week: 3"));
    await at(watched, NOW - 15 * DAY);
    expect(await runs(watched)).toEqual([]);
    // Hour by hour over ten days: 24 h of cool-down, 3 in any 7 days.
    for (let hour = 0; hour < 240; hour += 6) {
      await at(watched, NOW - 9 * DAY + hour * 3_600_000);
      if (hour % 60 === 0) watched = await restart(watched);
    }
    const started = (await runs(watched)).map((run) => run.started);
    expect(started.length).toBeGreaterThanOrEqual(4);
    for (const one of started) {
      expect(started.filter((other) => other >= one && other - one < 7 * DAY).length).toBeLessThanOrEqual(3);
      expect(started.filter((other) => other > one && other - one < DAY)).toEqual([]);
    }
  }, 60_000);

  it("passes no limit because the clock jumps, and waits no year for one that was set back by it", async () => {
    const first = await start(policy(`  triggers: { schedule: "0 3 * * 1" }\n  cooldown: 24h\n  most_per_week: 1`));
    await at(first, NOW - 15 * DAY);
    expect(await runs(first)).toHaveLength(1);
    first.clock.jump(365 * DAY);
    await at(first, first.clock.time + 1000);
    expect(await runs(first)).toHaveLength(1);
    await expect(first.watch.retrain("loans", ann)).rejects.toMatchObject({ code: "CONFLICT" });
    // A week later, by a clock that is still a year ahead: a run, of next year as it seems.
    await at(first, first.clock.time + 8 * DAY);
    expect(await runs(first)).toHaveLength(2);
    first.clock.jump(-365 * DAY);
    await at(first, NOW + DAY, NOW + 2 * DAY);
    expect(await runs(first)).toHaveLength(3);
  });

  it("runs when enough rows with labels have come since the champion was made", async () => {
    const few = await start(policy("  triggers: { rows: 100000 }"));
    const { labels } = writePast(open.folder, { model: "loans", version: "1", days: 20, perDay: 50, late: 1 });
    expect(labels).toBeGreaterThan(900);
    await at(few, NOW);
    expect(await runs(few)).toEqual([]);
    await few.close();
    rmSync(open.folder, { recursive: true });
    const enough = await start(policy("  triggers: { rows: 900 }"));
    writePast(open.folder, { model: "loans", version: "1", days: 20, perDay: 50, late: 1 });
    await at(enough, NOW, NOW + 1000);
    expect((await runs(enough)).map(({ causes }) => causes)).toEqual([[`${labels} new rows with labels`]]);
  });

  it("lets a person ask in spite of the cool-down, not of the weekly limit; a failed run is told to the owner", async () => {
    const watched = await start(policy("  most_per_week: 2"));
    for (let i = 0; i < 2; i++) {
      await watched.watch.retrain("loans", ann);
      await watched.watch.underWay();
    }
    await expect(watched.watch.retrain("loans", ann)).rejects.toMatchObject({
      code: "CONFLICT",
      message: expect.stringMatching(/2 runs in seven days, at most 2/),
    });
    const again = await restart(watched);
    await expect(again.watch.retrain("loans", ann)).rejects.toMatchObject({ code: "CONFLICT" });
    const [alarm] = (await again.watch.alerts.list()).filter(({ key }) => key === "retraining:loans");
    expect(alarm).toMatchObject({
      owner: "ann",
      count: 2,
      message: expect.stringMatching(/step "train": exit code 3/),
    });
  });

  it("that a kill cut off is told as failed, and counts for cool-down and limits; so is one that nobody was told of", async () => {
    const killed = await start(policy("  triggers: { stale_after: 1d }\n  cooldown: 24h"));
    const entry: RetrainingEntry = {
      model: "loans",
      run: "cut-off",
      state: "running",
      started: killed.clock.now(),
      ended: null,
      causes: ["the champion is 2 days old"],
      by: "triggers",
      record: null,
      version: null,
      against: null,
      decision: null,
      reason: null,
      final: null,
    };
    await keepRetraining(killed.plane, entry, "retraining.begin");
    const again = await restart(killed);
    const firing = async ({ watch }: Watched) =>
      (await watch.alerts.list()).filter(({ state }) => state === "firing").map(({ key, message }) => [key, message]);
    const cutOff = ["retraining:loans", "a retraining failed: the server ended while it ran (run cut-off)"];
    expect(await firing(again)).toEqual([cutOff]);
    await at(again, NOW - 30 * DAY + 3_600_000);
    expect(await runs(again)).toMatchObject([{ state: "failed", reason: "the server ended while it ran" }]);
    const judged = {
      ...entry,
      run: "judged",
      state: "judged",
      version: "2",
      decision: "pass",
      reason: "better",
    } as const;
    await keepRetraining(again.plane, judged, "retraining.judged");
    const third = await restart(again);
    const review = [
      "review:loans/2",
      expect.stringMatching(/against the policy's champion: pass: better \(run judged\)/),
    ];
    expect(await firing(third)).toEqual([review]);
    const { count } = (await third.watch.alerts.list()).find(({ key }) => key === "review:loans/2")!;
    const fourth = await restart(third);
    expect((await fourth.watch.alerts.list()).find(({ key }) => key === "review:loans/2")!.count).toBe(count);
  });

  it("begins one run where several ask at the same moment, and the triggers too", async () => {
    const watched = await start(
      policy("  triggers: { stale_after: 20d }").replace("process.exit(3)", "setTimeout(() => 0, 400)"),
    );
    watched.clock.time = NOW;
    const asked = await Promise.allSettled([
      watched.watch.tick(),
      ...["ann", "bob", "cy"].map((name) => watched.watch.retrain("loans", { name, role: "operator" })),
    ]);
    await watched.watch.underWay();
    expect(await runs(watched)).toHaveLength(1);
    expect(asked.filter(({ status }) => status === "rejected").length).toBeGreaterThanOrEqual(2);
  });

  it("does one retraining at a time", async () => {
    const watched = await start(policy("").replace("process.exit(3)", "setTimeout(() => 0, 400)"));
    await watched.watch.retrain("loans", ann);
    await expect(watched.watch.retrain("loans", ann)).rejects.toMatchObject({ code: "CONFLICT" });
    await watched.watch.underWay();
    expect(await runs(watched)).toMatchObject([{ state: "failed", reason: expect.stringMatching(/no step wrote/) }]);
  });
});

describe("notices of alarms", () => {
  it("reach the channels of their routes once, signed, over restarts; recovery too; a channel that is away gets them later", async () => {
    const received: { path: string; body: string; signature: string }[] = [];
    let away = true;
    const server = createServer((request, response) => {
      let body = "";
      request.on("data", (part: Buffer) => (body += part.toString()));
      request.on("end", () => {
        if (request.url === "/chat" && away) return void response.writeHead(503).end();
        received.push({ path: request.url!, body, signature: String(request.headers["umpire-signature"]) });
        response.end();
      });
    });
    open.servers.push(server);
    await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    process.env["UMPIRE_TEST_HOOK_SECRET"] = "s";
    process.env["UMPIRE_TEST_CHAT"] = `${url}/chat`;
    const alerts = `alerts:
  channels:
    pager: { webhook: "${url}/pager", secret: "\${UMPIRE_TEST_HOOK_SECRET}" }
    chat: { slack: "\${UMPIRE_TEST_CHAT}" }
    other: { webhook: "${url}/other" }
  routes:
    - { from: warning, owner: ann, to: [pager, chat] }
    - { from: error, to: [other] }
`;
    const first = await start(policy("", alerts));
    await first.watch.retrain("loans", ann);
    await first.watch.underWay();
    await at(first, NOW - 30 * DAY, NOW - 30 * DAY + 1000);
    // The pager has it while the chat is away.
    const paths = () => received.map(({ path }) => path);
    await vi.waitFor(() => expect(paths()).toEqual(["/pager"]));
    const seconds = /^t=(\d+),v1=([0-9a-f]+)$/.exec(received[0]!.signature)!;
    expect(createHmac("sha256", "s").update(`${seconds[1]}.${received[0]!.body}`).digest("hex")).toBe(seconds[2]);
    away = false;
    const second = await restart(first);
    await at(second, NOW - 30 * DAY + 60_000, NOW - 30 * DAY + 70_000);
    await vi.waitFor(() => expect(paths()).toEqual(["/pager", "/chat"]));
    expect(JSON.parse(received[1]!.body)).toMatchObject({ text: expect.stringMatching(/loans .*a retraining failed/) });
    // Quiet for two looks: over, and told once.
    await at(second, NOW - 27 * DAY, NOW - 27 * DAY + 1000);
    const kinds = () =>
      received
        .filter(({ path }) => path === "/pager")
        .map(({ body }) => (JSON.parse(body) as { data: { kind: string; key: string } }).data)
        .filter(({ key }) => key === "retraining:loans")
        .map(({ kind }) => kind);
    await vi.waitFor(() => expect(kinds()).toEqual(["raised", "recovered"]));
  });
});

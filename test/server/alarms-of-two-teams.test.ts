import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { openWatched, StandingClock } from "./watched-model.ts";

const folder = mkdtempSync(join(tmpdir(), "umpire-two-teams-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A policy of a team, in a folder of its own; its pager writes what it hears into a file beside it. */
function team(model: string, alerts: string): string {
  mkdirSync(join(folder, model), { recursive: true });
  const path = join(model, "umpire.yaml");
  writeFileSync(
    join(folder, path),
    `model: ${model}
task: binary
data: { test: test.csv }
columns: { label: y }
models: { champion: { column: a }, challenger: { column: b } }
monitors: { owner: ${model}-people }
${alerts}`,
  );
  return path;
}

const heard = (file: string): string[] =>
  readFileSync(join(folder, file), "utf8")
    .trim()
    .split("\n")
    .map((line) => (JSON.parse(line) as { data: { key: string } }).data.key);

it("an alarm reaches the channels of its own model's policy, though two teams name theirs alike", async () => {
  const pager = 'alerts: { channels: { pager: { command: [sh, -c, "cat >> heard"] } } }';
  const policies = [team("films", pager), team("songs", pager), team("books", "")];
  const { watch, close } = await openWatched(folder, new StandingClock(), policies);
  const by = { name: "monitor", role: "system" };
  const signal = (key: string, model: string) =>
    ({ key, model, severity: "warning", owner: null, message: "moved", actions: [] }) as const;
  await watch.alerts.signal(by, [
    signal("drift:films", "films"),
    signal("drift:songs", "songs"),
    signal("drift:books", "books"),
    signal("server:clock", ""),
  ]);
  await watch.alerts.sweep(new AbortController().signal);
  expect(heard("films/heard")).toEqual(["drift:films", "server:clock"]);
  expect(heard("songs/heard")).toEqual(["drift:songs", "server:clock"]);
  const alarms = await watch.alerts.list();
  const told = alarms.map(({ key, owner, toldTo }) => [key, [owner, toldTo!.map(({ policy }) => policy)]] as const);
  expect(Object.fromEntries(told)).toEqual({
    "drift:books": ["books-people", []],
    "drift:films": ["films-people", ["films"]],
    "drift:songs": ["songs-people", ["songs"]],
    "server:clock": [null, ["films", "songs"]],
  });
  await close();
});

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, expect, test } from "vitest";
import { type ServerProcess, startServer } from "../reliability/server-process.ts";

/**
 * A state as version 0.1.0 of 23 November 2026 left it: three versions of a model, the second on its way by a release
 * that was held at a quarter of everyone, a schedule, a data set.
 */
const old = gunzipSync(readFileSync(resolve(import.meta.dirname, "old-state.fixture.db.gz")));
const folder = mkdtempSync(join(tmpdir(), "umpire-old-state-"));
let server: ServerProcess | null = null;
afterAll(async () => {
  await server?.stop("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

test("a state that an early version left is opened, its trail verifies, and its release goes on from where it stood", async () => {
  const state = join(folder, "state");
  mkdirSync(state);
  writeFileSync(join(state, "state.db"), old);
  server = await startServer({ folder, state, port: 0 });
  const { ask } = server;
  const live = () => ask<{ arms: unknown[] }>("GET", "/v1/models/films/live");

  expect(await ask("GET", "/v1/audit/verification")).toMatchObject({ sound: true });
  expect(await ask("GET", "/v1/models/films")).toMatchObject({ owner: "ada", description: "ranks films" });
  expect(await ask("GET", "/v1/schedules")).toMatchObject({ schedules: [{ name: "nightly" }] });
  expect(await ask("GET", "/v1/datasets")).toMatchObject({ datasets: [{ name: "ratings", rows: 286900 }] });
  expect(await ask("GET", "/v1/models/films/release")).toMatchObject({
    phase: "paused",
    position: { stage: 0, step: 0 },
  });
  expect((await live()).arms).toEqual([
    { version: "2", share: 0.25, as: "arm" },
    { version: "1", share: 0.75, as: "champion" },
  ]);

  await ask("POST", "/v1/models/films/release/resume", {});
  await ask("POST", "/v1/models/films/release/advance", { reason: "on" });
  expect((await live()).arms).toContainEqual({ version: "2", share: 0.5, as: "arm" });
  await ask("POST", "/v1/models/films/rollback", { to: null, cohort: null, reason: "enough" });
  expect((await live()).arms).toEqual([{ version: "1", share: 1, as: "champion" }]);
  const release = await ask<{ decisions: unknown[] }>("GET", "/v1/models/films/release");
  expect(release).toMatchObject({ phase: "rolled-back" });
  expect(release.decisions.length).toBeGreaterThan(5);
  expect(await ask("GET", "/v1/audit/verification")).toMatchObject({ sound: true });
});

import type { ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Browser, Page } from "playwright-core";
import { type ServerProcess, startServer } from "../reliability/server-process.ts";
import { hasChromium, launchChromium } from "./chromium.ts";

describe.skipIf(!hasChromium)("the console over a server that is killed", () => {
  let folder: string;
  let browser: Browser;
  let page: Page;
  let server: ServerProcess;
  const running: ChildProcess[] = [];
  const wrong: string[] = [];

  const open = async (port: number): Promise<ServerProcess> => {
    const opened = await startServer({ folder, state: join(folder, "state"), port });
    running.push(opened.child);
    return opened;
  };
  const route = (at: ServerProcess, champion: string): Promise<unknown> =>
    at.ask("PUT", "/v1/models/ranker/routing", { reason: `a test of ${champion}`, routing: { champion } });

  beforeEach(async () => {
    wrong.length = 0;
    folder = mkdtempSync(join(tmpdir(), "umpire-killed-"));
    server = await open(0);
    for (const value of [1, 2, 3])
      await server.ask("POST", "/v1/models/ranker/versions", { artifact: { kind: "constant", value } });
    for (const champion of ["1", "2"]) await route(server, champion);
    browser = await launchChromium();
    page = await browser.newPage({ viewport: { width: 390, height: 844 } });
    page.on("pageerror", (error) => wrong.push(String(error)));
    await page.goto(server.address);
    await page.getByText("Version 2 answers everyone").waitFor();
    await page.getByText("● live").waitFor();
    await page.evaluate(() => document.body.setAttribute("data-not-loaded-again", "1"));
  });

  afterEach(async () => {
    await browser.close();
    for (const child of running.splice(0)) child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  });

  it("says since when what is shown is old, keeps it, connects again by itself and catches up without being loaded again", {
    timeout: 60_000,
  }, async () => {
    const port = Number(new URL(server.address).port);
    await server.stop("SIGKILL");
    await page.getByText(/✗ no connection since \d+ \w+ 20\d\d, \d\d:\d\d UTC/).waitFor();
    expect(await page.getByText("Version 2 answers everyone").count()).toBe(1);

    // The brake is in sight, and says that it did not work.
    await page.getByRole("button", { name: "Roll back ranker to 1 now" }).click();
    await page.getByText("The server does not answer.").waitFor();
    await page.keyboard.press("Escape");

    const back = await open(port);
    await route(back, "3");
    await page.getByText("Version 3 answers everyone").waitFor({ timeout: 15_000 });
    await page.getByText("● live").waitFor();
    // It follows what happens from now on, too.
    await route(back, "1");
    await page.getByText("Version 1 answers everyone").waitFor();
    expect(await page.locator("body[data-not-loaded-again]").count()).toBe(1);
    expect(wrong).toEqual([]);
  });

  it("rolls back once although its stream of changes is down and the button is pressed twice", {
    timeout: 60_000,
  }, async () => {
    await page.route("**/v1/events", (request) => request.abort());
    await page.reload();
    await page.getByText("no connection since").waitFor();
    await page.getByRole("button", { name: "Roll back ranker to 1 now" }).click();
    await page.getByLabel("Type the model's name").fill("ranker");
    await page.getByRole("button", { name: "Roll back to 1 now", exact: true }).dblclick();
    await page.getByText("✓ Rolled back: version 1 answers everyone of ranker").waitFor();
    await page.getByText("Version 1 answers everyone,").waitFor();
    const { changes } = await server.ask<{ changes: unknown[] }>("GET", "/v1/models/ranker/routing");
    expect(changes).toHaveLength(3);
    expect(wrong).toEqual([]);
  });
});

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Browser, Page } from "playwright-core";
import { type ApiInMemory, apiInMemory } from "../server/api-in-memory.ts";
import { accessibilityProblems, sidewaysScroll, tabStops } from "./accessible.ts";
import { hasChromium, launchChromium } from "./chromium.ts";

describe.skipIf(!hasChromium)("the console", () => {
  let browser: Browser;
  let page: Page;
  let api: ApiInMemory;
  let address: string;
  const wrong: string[] = [];

  beforeEach(async () => {
    wrong.length = 0;
    api = await apiInMemory();
    address = await api.app.listen({ port: 0, host: "127.0.0.1" });
    browser = await launchChromium();
    page = await browser.newPage({ viewport: { width: 390, height: 800 } });
    page.on("pageerror", (error) => wrong.push(String(error)));
    for (const value of [1, 2]) {
      await api.call("operator", "POST", "/v1/models/ranker/versions", { artifact: { kind: "constant", value } });
    }
    for (const champion of ["1", "2"]) {
      const reason = champion === "1" ? "the first" : '<img src=x onerror="document.title=1">';
      await api.call("approver", "PUT", "/v1/models/ranker/routing", { reason, routing: { champion } });
    }
  });

  afterEach(async () => {
    await browser.close();
    api.app.server.closeAllConnections();
    await api.app.close();
  });

  it("asks for a key, says in one line how it is, and rolls back after the model's name was typed", async () => {
    await page.goto(address);
    await page.getByLabel("Key").fill(api.keys.operator);
    await page.getByRole("button", { name: "Open" }).click();
    await page.getByRole("heading", { name: "Nothing is wrong" }).waitFor();
    expect(await page.getByText("Version 2 answers everyone").count()).toBe(1);
    // A reason is text, whatever stands in it.
    expect(await page.getByText("<img src=x").count()).toBe(1);
    await page.getByRole("button", { name: "Roll back ranker to 1 now" }).click();
    const yes = page.getByRole("button", { name: "Roll back to 1 now", exact: true });
    expect(await yes.isDisabled()).toBe(true);
    await page.getByLabel("Type the model's name").fill("ranke");
    expect(await yes.isDisabled()).toBe(true);
    await page.getByLabel("Type the model's name").fill("ranker");
    await yes.click();
    await page.getByText("Version 1 answers everyone,").waitFor();
    expect(await api.call("viewer", "GET", "/v1/models/ranker/live")).toMatchObject({
      body: { arms: [{ version: "1" }] },
    });
    expect(wrong).toEqual([]);
  });

  it("follows changes that others make, and fits a phone", async () => {
    await page.addInitScript((key) => sessionStorage.setItem("umpire-key", key), api.keys.viewer);
    await page.goto(address);
    await page.getByText("Version 2 answers everyone").waitFor();
    await api.call("approver", "PUT", "/v1/models/ranker/routing", {
      reason: "by another",
      routing: { champion: "1" },
    });
    await page.getByText("Version 1 answers everyone").waitFor();
    expect(await sidewaysScroll(page)).toBeLessThanOrEqual(0);
    expect(wrong).toEqual([]);
  });

  it.each(["light", "dark"] as const)(
    "every view works for everyone: by axe-core, on a phone, %s",
    async (colorScheme) => {
      await page.emulateMedia({ colorScheme });
      await page.addInitScript((key) => sessionStorage.setItem("umpire-key", key), api.keys.admin);
      const views: Readonly<Record<string, string>> = {
        "": "Nothing is wrong",
        "model/ranker": "ranker",
        "version/ranker/2": "Version 2",
        "lineage/version%3Aranker%2F2": "version ranker 2",
        alarms: "No alarm fires",
        overrides: "Overrides",
        answers: "Why was this answered?",
        "answers/nothing": "Why was this answered?",
        audit: "Audit trail",
        server: "Server",
      };
      for (const [view, words] of Object.entries(views)) {
        await page.goto(`${address}/#/${view}`);
        await page.getByRole("heading", { level: 1 }).filter({ hasText: words }).waitFor();
        expect(await accessibilityProblems(page), view).toEqual([]);
        expect(await sidewaysScroll(page), view).toBeLessThanOrEqual(0);
      }
      expect(wrong).toEqual([]);
    },
  );

  it("is worked by keyboard alone: what Tab reaches can be seen, and the dialog gives the focus back", async () => {
    await page.addInitScript((key) => sessionStorage.setItem("umpire-key", key), api.keys.operator);
    await page.goto(address);
    await page.getByText("Version 2 answers everyone").waitFor();
    const stops = await tabStops(page);
    expect(stops.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["Alarms", "Audit trail", "ranker", "Roll back ranker to 1 now"]),
    );
    expect(stops.filter(({ seen }) => !seen)).toEqual([]);
    const brake = page.getByRole("button", { name: "Roll back ranker to 1 now" });
    await brake.focus();
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.keyboard.press("Escape");
    expect(await brake.evaluate((element) => element === document.activeElement)).toBe(true);
  });

  it("asks for another key when its own ends, says why, and goes on with it where it was", {
    timeout: 60_000,
  }, async () => {
    await page.addInitScript((key) => {
      if (sessionStorage.getItem("umpire-key") === null) sessionStorage.setItem("umpire-key", key);
    }, api.keys.viewer);
    await page.goto(`${address}/#/model/ranker`);
    await page.getByText("Version 2 answers everyone").waitFor();
    await api.call("admin", "DELETE", "/v1/keys/viewer");
    await api.call("approver", "PUT", "/v1/models/ranker/routing", { reason: "x", routing: { champion: "1" } });
    await page.getByRole("heading", { name: "A key is needed" }).waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.getByLabel("Key").fill(api.keys.operator);
    await page.keyboard.press("Enter");
    await page.getByText("Version 1 answers everyone").waitFor();
    expect(await page.getByRole("button", { name: "Roll back ranker to 2 now" }).count()).toBe(1);
    expect(wrong).toEqual([]);
  });

  it("shows a viewer no button that would be refused", async () => {
    await page.addInitScript((key) => sessionStorage.setItem("umpire-key", key), api.keys.viewer);
    await page.goto(address);
    await page.getByText("Your role may look; an operator may roll back.").waitFor();
    expect(await page.getByRole("button", { name: /Roll back/ }).count()).toBe(0);
  });
});

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Browser, Page } from "playwright-core";
import { type ApiInMemory, apiInMemory } from "../server/api-in-memory.ts";
import { accessibilityProblems, sidewaysScroll } from "./accessible.ts";
import { hasChromium, launchChromium } from "./chromium.ts";

describe.skipIf(!hasChromium)("a release that asks, in the console", { timeout: 60_000 }, () => {
  let browser: Browser;
  let api: ApiInMemory;
  let address: string;
  const wrong: string[] = [];

  beforeEach(async () => {
    wrong.length = 0;
    api = await apiInMemory();
    address = await api.app.listen({ port: 0, host: "127.0.0.1" });
    browser = await launchChromium();
    for (const value of [1, 2])
      await api.call("operator", "POST", "/v1/models/ranker/versions", { artifact: { kind: "constant", value } });
    await api.call("approver", "PUT", "/v1/models/ranker/routing", { reason: "first", routing: { champion: "1" } });
    const release = { challenger: "2", release: { form: "stages", shadow: false, least: "1s" } };
    await api.call("operator", "POST", "/v1/models/ranker/release", release);
  });

  afterEach(async () => {
    await browser.close();
    api.app.server.closeAllConnections();
    await api.app.close();
  });

  const open = async (role: "viewer" | "operator" | "approver"): Promise<Page> => {
    const page = await browser.newPage({ viewport: { width: 390, height: 844 } });
    page.on("pageerror", (error) => wrong.push(String(error)));
    await page.addInitScript((key) => sessionStorage.setItem("umpire-key", key), api.keys[role]);
    await page.goto(address);
    await page.getByText("may say yes").first().waitFor();
    return page;
  };
  const phase = async (): Promise<unknown> =>
    (await api.call("viewer", "GET", "/v1/models/ranker/release")).body["phase"];

  it("is answered once by an approver, after the model's name was typed; the page tells where the release is then", async () => {
    expect(await phase()).toBe("asking");
    const page = await open("approver");
    await page.getByRole("button", { name: "Say yes to this evidence…" }).click();
    const yes = page.getByRole("button", { name: "Yes, go on with 2" });
    expect(await yes.isDisabled()).toBe(true);
    // What is asked is in sight, on a phone too.
    const asked = page.getByRole("dialog").getByText("although the challenger was not proven");
    expect(await asked.evaluate((element) => element.getBoundingClientRect().top >= 0)).toBe(true);
    expect(await accessibilityProblems(page)).toEqual([]);
    expect(await sidewaysScroll(page)).toBeLessThanOrEqual(0);
    await page.getByLabel("Type the model's name").fill("ranker");
    await yes.dblclick();
    await page.getByText(/✓ Release of ranker 2: stage 1 of 1: everyone at \d+%/).waitFor();
    expect(await phase()).toBe("stage");
    const { body } = await api.call("viewer", "GET", "/v1/models/ranker/release");
    const decisions = body["decisions"] as { by: string }[];
    expect(decisions.filter(({ by }) => by === "approver")).toHaveLength(1);

    // The brake goes back to who is live for everyone, and tells what follows: the release ends.
    await page.getByRole("button", { name: "Roll back ranker to 1 now" }).click();
    await page.getByText(/answers everyone.*within a second/).waitFor();
    await page.getByText("the release of 2").waitFor();
    await page.keyboard.press("Escape");
    expect(wrong).toEqual([]);
  });

  it("is held by an operator, who is not offered the yes; a viewer is offered nothing", async () => {
    const page = await open("operator");
    expect(await page.getByRole("button", { name: "Say yes" }).count()).toBe(0);
    await page.getByRole("button", { name: "Hold the release…" }).click();
    await page.getByLabel("Why").fill("not at night");
    await page.getByRole("button", { name: "Hold it" }).click();
    await page.getByText("✓ Release of ranker 2: ").waitFor();
    expect(await phase()).toBe("paused");
    const viewer = await browser.newPage();
    await viewer.addInitScript((key) => sessionStorage.setItem("umpire-key", key), api.keys.viewer);
    await viewer.goto(address);
    await viewer.getByText("Version 1 answers").waitFor();
    expect(await viewer.getByRole("button").count()).toBe(0);
    expect(wrong).toEqual([]);
  });
});

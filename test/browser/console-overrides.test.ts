import type { ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { Browser, Page } from "playwright-core";
import { post, startProcess } from "../reliability/gateway-process.ts";
import { startServer } from "../reliability/server-process.ts";
import { accessibilityProblems, sidewaysScroll } from "./accessible.ts";
import { hasChromium, launchChromium } from "./chromium.ts";

const folder = mkdtempSync(join(tmpdir(), "umpire-console-"));
const running: ChildProcess[] = [];
let browser: Browser | undefined;

afterEach(async () => {
  await browser?.close();
  for (const child of running) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

interface Entry {
  readonly action: string;
  readonly actor: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

describe.skipIf(!hasChromium)("overrides in the console, with a server and a gateway as processes", () => {
  it("blocks an item by keyboard on a phone, changes answers at once, is in the trail under its author's name, and ends", {
    timeout: 90_000,
  }, async () => {
    const server = await startServer({ folder, state: join(folder, "state"), port: 0 });
    running.push(server.child);
    const columns = { unit: "user", time: null, id: null, group: null, item: "film" };
    await server.ask("PUT", "/v1/models/ranker", { columns });
    await server.ask("POST", "/v1/models/ranker/versions", { artifact: { kind: "constant", value: 0.5 } });
    await server.ask("PUT", "/v1/models/ranker/aliases/champion", { version: "1" });
    const gateway = await startProcess({
      yaml: "gateway: { log: { rotate: false } }\n",
      folder,
      flags: ["--server", server.address],
    });
    running.push(gateway.child);
    const answer = async (): Promise<string> => {
      const { body } = await post(gateway.url, "/v1/models/ranker/predict", { record: { film: "film-17" } });
      return JSON.stringify(body);
    };
    await expect.poll(answer, { timeout: 15_000 }).toContain('"prediction":0.5');

    browser = await launchChromium();
    const page: Page = await browser.newPage({ viewport: { width: 390, height: 844 } });
    const wrong: string[] = [];
    page.on("pageerror", (error) => wrong.push(String(error)));
    await page.goto(`${server.address}/#/overrides`);
    await page.getByText("None is in force.").waitFor();
    await page.getByRole("button", { name: "Block an item…" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    expect(await sidewaysScroll(page)).toBeLessThanOrEqual(0);
    await page.keyboard.type("film-17");
    // Without a reason nothing is sent.
    await page.keyboard.press("Enter");
    expect(await server.ask("GET", "/v1/overrides")).toEqual({ overrides: [] });
    await page.getByLabel("Until").selectOption("7");
    await page.getByLabel("Why").fill("recalled <b>by</b> the maker");
    expect(
      await page.getByText(/What follows:.*film-17 is left out of lists.*every model; until \d+ \w+ 20/).count(),
    ).toBe(1);
    await page.keyboard.press("Enter");
    await page.getByText(/✓ Block film-17: in force at \S+/).waitFor();
    await page.getByText("recalled <b>by</b> the maker").first().waitFor();
    expect(await page.getByRole("dialog").count()).toBe(0);
    const blocked = await answer();
    expect(blocked).toContain("recalled");
    expect(await accessibilityProblems(page)).toEqual([]);
    expect(await sidewaysScroll(page)).toBeLessThanOrEqual(0);

    await page.getByRole("button", { name: "End it…" }).click();
    await page.getByRole("dialog").getByText("film-17").waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.getByRole("dialog").getByRole("button", { name: "End it" }).click();
    await page.getByText("None is in force.").waitFor();
    expect(await answer()).toContain('"prediction":0.5');

    // A support agent reads out why the film was not shown.
    const { id } = JSON.parse(blocked) as { id: string };
    await page.getByRole("link", { name: "Answers" }).click();
    await page.getByLabel("Id of the answer").fill(id);
    await page.keyboard.press("Enter");
    await page.getByText(/ranker gave no prediction about film-17\.$/).waitFor();
    await page.getByText("A person had blocked it: recalled <b>by</b> the maker.").waitFor();
    await page.getByText("version 1 was live and answered all of them.").waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    expect(await sidewaysScroll(page)).toBeLessThanOrEqual(0);
    await page.getByRole("link", { name: "Overrides" }).click();

    await page.getByRole("button", { name: "Opt somebody out…" }).click();
    await page.getByLabel("Who (the unit").fill("customer-7");
    await page.getByLabel("Why").fill("asked by letter");
    await page.keyboard.press("Enter");
    await page.getByText("✓ Opt out customer-7").waitFor();
    const { entries } = await server.ask<{ entries: Entry[] }>("GET", "/v1/audit?kind=override");
    const { name } = await server.ask<{ name: string }>("GET", "/v1/me");
    expect(entries.map(({ action, actor }) => [action, actor])).toEqual([
      ["override.enter", name],
      ["override.end", name],
      ["override.enter", name],
    ]);
    // Whose data an opt-out is about is kept by the gateway alone.
    const kept = ["state.db", "state.db-wal"].map((file) => readFileSync(join(folder, "state", file), "latin1")).join();
    expect(kept).toContain("asked by letter");
    expect(kept).not.toContain("customer-7");
    expect(wrong).toEqual([]);
  });
});

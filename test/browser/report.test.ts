import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { reportHtml } from "../../src/app/report/report-html.ts";
import { decide } from "../../src/core/gates/decide.ts";
import { prepare } from "../../src/core/gates/prepare.ts";
import { decisionInput } from "../../src/core/report/decision-input.ts";
import { renderJUnit } from "../../src/core/report/junit.ts";
import type { ReportEvidence } from "../../src/core/report/report-evidence.ts";
import { outcomeWords } from "../../src/core/report/words.ts";
import { decidedFilmRanker, hostileNames, hostileVerdict } from "../film-ranker.ts";
import { accessibilityProblems } from "./accessible.ts";
import { hasChromium, launchChromium } from "./chromium.ts";
import { faintTexts, namelessControls, smallTexts } from "./page-checks.ts";

describe.skipIf(!hasChromium)("report.html in a browser", () => {
  let browser: Browser;
  let folder: string;
  let page: Page;
  let troubles: string[] = [];
  const films = decidedFilmRanker();

  beforeAll(async () => {
    [browser, folder] = await Promise.all([launchChromium(), mkdtemp(join(tmpdir(), "umpire-report-"))]);
  });
  afterEach(() => page.close());
  afterAll(async () => {
    await browser.close();
    await rm(folder, { recursive: true });
  });

  async function open(options: { evidence?: ReportEvidence; width?: number; dark?: boolean } = {}): Promise<Page> {
    const path = join(folder, "report.html");
    await writeFile(path, await reportHtml(options.evidence ?? films));
    page = await browser.newPage({
      viewport: { width: options.width ?? 1280, height: 900 },
      colorScheme: options.dark === true ? "dark" : "light",
    });
    troubles = [];
    page.on("console", (message) => troubles.push(message.text()));
    page.on("pageerror", (error) => troubles.push(error.message));
    page.on("request", (request) => {
      if (!/^(file|data|blob):/.test(request.url())) troubles.push(`asked for ${request.url()}`);
    });
    await page.goto(pathToFileURL(path).href);
    await page.locator("#report[data-ready]").waitFor();
    return page;
  }

  const weight = () => page.getByRole("slider", { name: "Weight of low activity" });
  const blocks = () => page.getByRole("switch", { name: "low activity blocks" });
  const result = () => page.locator("#what-if .result");

  it("opens without an error or a request, and says first what to do", async () => {
    await open();
    expect(await page.locator("h1").innerText()).toMatch(
      /^Do not release the challenger: it is better on average but worse for low activity/,
    );
    const sizes = await page.evaluate(() =>
      [...document.querySelectorAll("h1, h2, h3, p, strong")].map(
        (e) => [e.tagName, Number.parseFloat(getComputedStyle(e).fontSize)] as const,
      ),
    );
    const largest = Math.max(...sizes.map(([, size]) => size));
    expect(sizes.filter(([, size]) => size === largest).map(([tag]) => tag)).toEqual(["H1"]);
    expect(troubles).toEqual([]);
  });

  it("moves verdict and score with the sliders, marks them as not issued, and takes them back", async () => {
    await open();
    expect(await page.getByText("what-if, not issued").first().isVisible()).toBe(false);
    const before = await page.locator(".score .difference").first().innerText();
    await blocks().uncheck();
    await weight().fill("0.2");
    await expect.poll(() => result().innerText()).toMatch(/what-if, not issued\s+✓ pass/);
    expect(await page.locator(".score .difference").first().innerText()).not.toBe(before);
    expect(await page.locator(".bar").innerText()).toMatch(/what-if, not issued[\s\S]*✓ pass/);
    expect(await page.locator("h1").innerText()).toMatch(/^Do not release/);
    await page.getByRole("button", { name: "Reset to the issued policy" }).click();
    await expect.poll(() => result().innerText()).toMatch(/✗ fail\s+As issued/);
    expect(await page.locator(".score .difference").first().innerText()).toBe(before);
    expect(troubles).toEqual([]);
  });

  it("decides as the product does, for one setting after another", async () => {
    await open();
    const prepared = prepare(decisionInput(films));
    const index = films.verdict.slices.findIndex((s) => s.name === "low activity");
    for (const [value, blocking] of [
      [0, true],
      [0.5, false],
      [0.05, false],
      [1, false],
    ] as const) {
      await weight().fill(String(value));
      await blocks().setChecked(blocking);
      const weights = films.verdict.slices.map((s, i) => (i === index ? value : s.weight));
      const { decision } = decide(prepared, {
        weights,
        blocking: films.verdict.slices.map((s, i) => (i === index && !blocking ? 0 : s.blocking ? 1 : 0)),
      });
      await expect.poll(() => result().locator(".badge").innerText()).toContain(outcomeWords[decision]);
    }
  });

  it("finds the smallest change and tries it on a click", async () => {
    await open();
    await expect
      .poll(() => page.locator(".flip").innerText())
      .toContain("even at weight 0 the blocking slice stands (low activity)");
    await page.getByRole("button", { name: /^Try it: margin of low activity/ }).click();
    await expect.poll(() => result().innerText()).toMatch(/what-if, not issued\s+· not enough data/);
  });

  it("gives back the policy with the tried weights and its comments", async () => {
    await open();
    await weight().fill("0.35");
    await page.getByRole("spinbutton", { name: "Weight of young women, as a number" }).fill("0.9");
    await page.getByRole("switch", { name: "activity blocks", exact: true }).check();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Download policy" }).click(),
    ]);
    expect(download.suggestedFilename()).toBe("umpire.yaml");
    const text = await readFile(await download.path(), "utf8");
    const slices = (parse(text) as { slices: Record<string, Record<string, unknown>> }).slices;
    expect(slices["low activity"]).toMatchObject({ weight: 0.35, blocking: true, margin: 0 });
    expect(slices["young women"]).toMatchObject({ weight: 0.9 });
    expect(slices["activity"]).toMatchObject({ each: "user_activity", weight: 0.3, blocking: true });
    expect(text).toContain("weight: 0.9   # asked for by the editors");
    expect(text.split("\n").length).toBe(films.policy?.text.split("\n").length);
    await page.getByRole("button", { name: "Copy as YAML" }).click();
    const shown = await page.locator("pre.yaml").innerText();
    expect((parse(shown) as { slices: unknown }).slices).toEqual(slices);
    expect(troubles).toEqual([]);
  });

  it("works from the keyboard: sliders, sorting, a slice's numbers and back", async () => {
    await open();
    await weight().focus();
    for (let i = 0; i < 3; i++) await page.keyboard.press("ArrowLeft");
    await expect
      .poll(() => page.getByRole("spinbutton", { name: "Weight of low activity, as a number" }).inputValue())
      .toBe("0.97");
    const name = page.locator(".forest").getByRole("button", { name: "rare films" });
    await name.focus();
    expect(await name.evaluate((e) => getComputedStyle(e).outlineStyle)).toBe("solid");
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog");
    await expect.poll(() => dialog.innerText()).toContain("item_popularity is rare");
    await page.keyboard.press("Escape");
    expect(await dialog.isVisible()).toBe(false);
    expect(await name.evaluate((e) => e === document.activeElement)).toBe(true);
    const header = page.getByRole("columnheader", { name: "difference" });
    await header.getByRole("button").focus();
    await page.keyboard.press("Enter");
    await page.keyboard.press("Enter");
    expect(await header.getAttribute("aria-sort")).toBe("ascending");
    expect(await page.locator("table.slices tbody th").first().innerText()).toBe(
      "user_activity=low & item_popularity=rare",
    );
  });

  it.each([
    [360, false],
    [1280, false],
    [1280, true],
  ])(
    "reads well at %d px (dark: %s): no sideways scroll, no small or faint text, a name for every control",
    async (width, dark) => {
      await open({ width, dark });
      await blocks().uncheck();
      await weight().fill("0.2");
      await expect.poll(() => result().innerText()).toContain("what-if");
      await page.evaluate(() => {
        for (const details of document.querySelectorAll("details")) details.open = true;
      });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      expect(await smallTexts(page)).toEqual([]);
      expect(await faintTexts(page)).toEqual([]);
      expect(await namelessControls(page)).toEqual([]);
      expect(await accessibilityProblems(page)).toEqual([]);
    },
  );

  it("runs no script but its own, and reaches no network", async () => {
    await open();
    const ran = await page.evaluate(async () => {
      const script = document.createElement("script");
      script.textContent = "window.intruder = true";
      document.body.append(script);
      const asked = await fetch("https://example.invalid/").then(
        () => true,
        () => false,
      );
      return { intruder: "intruder" in window, asked };
    });
    expect(ran).toEqual({ intruder: false, asked: false });
    expect(troubles.some((t) => /Content Security Policy/i.test(t))).toBe(true);
  });

  it("shows hostile names as they are, and runs none", async () => {
    await open({
      evidence: {
        ...films,
        verdict: { ...hostileVerdict(), baselines: [] },
        foldValues: { ...films.foldValues, models: ["champion", "challenger"] },
      },
      width: 360,
    });
    const shown = await page.locator("table.slices tbody th").allInnerTexts();
    for (const name of hostileNames.filter((n) => n !== "" && !n.includes("\n"))) expect(shown).toContain(name);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    expect(troubles).toEqual([]);
  });

  it("stands without curves, policy or slices", async () => {
    const { verdict } = films;
    await open({
      evidence: {
        ...films,
        curves: null,
        policy: null,
        verdict: { ...verdict, slices: [], gates: [], decision: "not-evaluated" },
        foldValues: { ...films.foldValues, slices: [] },
      },
    });
    expect(await page.locator("h1").innerText()).toMatch(/^The challenger was not judged/);
    expect(troubles).toEqual([]);
  });

  it("agrees with the browser's XML reader that JUnit files are well-formed", async () => {
    await open();
    const names = await page.evaluate((xml) => {
      const document = new DOMParser().parseFromString(xml, "application/xml");
      if (document.querySelector("parsererror") !== null) return null;
      return [...document.querySelectorAll("testcase")].map((e) => e.getAttribute("name"));
    }, renderJUnit(hostileVerdict()));
    for (const name of hostileNames.slice(0, 7)) expect(names).toContain(name);
  });
});

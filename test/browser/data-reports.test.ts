import { rm } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { folderWith, umpire } from "../acceptance/command-line.ts";
import { accessibilityProblems, sidewaysScroll, tabStops } from "./accessible.ts";
import { hasChromium, launchChromium } from "./chromium.ts";
import { faintTexts, smallTexts } from "./page-checks.ts";

const longName = `Übergrößenträger <b>&amp; 列名 ${"and so on ".repeat(12)}`;

/** 30 days of 40 columns: numbers, a category of many values, texts of strangers; two columns move on day 20 if asked. */
function monthOf(month: string, moves: boolean, seed: number): string {
  let state = seed;
  const next = (): number => (state = (state * 1103515245 + 12345) % 2147483648) / 2147483648;
  const numbers = Array.from({ length: 37 }, (_, i) => `measure_${i}`);
  const lines = [["time", ...numbers, "many", `"${longName}"`].join(",")];
  for (let day = 1; day <= 30; day++) {
    for (let row = 0; row < 60; row++) {
      const late = moves && day >= 20;
      const time = `2026-${month}-${String(day).padStart(2, "0")}T${String(row % 24).padStart(2, "0")}:00:00Z`;
      const values = numbers.map((_, i) => (next() + next() + next() + (late && i === 3 ? 2 : 0)).toFixed(4));
      const many = `category ${Math.floor(1000 * next() ** 3)}`;
      lines.push([time, ...values, many, late ? '"<img src=x onerror=alert(1)>"' : "usual"].join(","));
    }
  }
  return `${lines.join("\n")}\n`;
}

const few = (change: number): string =>
  `x,kind\n${Array.from({ length: 300 }, (_, i) => `${(i % 17) + change},${"abc"[i % 3]}`).join("\n")}\n`;

describe.skipIf(!hasChromium)("reports on data in a browser", () => {
  let browser: Browser;
  let page: Page;
  let folder: string;
  const pages = {
    month: "month/drift/report.html",
    few: "few/drift/report.html",
    "too few rows": "tiny/drift/report.html",
    skew: "skew/skew/report.html",
    check: "check.html",
    "check of a good file": "good.html",
  };

  beforeAll(async () => {
    folder = folderWith({
      "september.csv": monthOf("09", false, 1),
      "october.csv": monthOf("10", true, 2),
      "few.csv": few(0),
      "moved.csv": few(9),
      "tiny.csv": "x,kind\n1,a\n2,b\n",
      "raw.csv": `request_id,x\n${Array.from({ length: 50 }, (_, i) => `${i},${i}.5`).join("\n")}\n`,
      "logged.csv": `request_id,x\n${Array.from({ length: 50 }, (_, i) => `${i},${i > 30 ? 10 * i + 5 : `${i}.5`}`).join("\n")}\n`,
      "ragged.csv": `a,b\n${"1,2\n".repeat(50)}3\n"<script>alert(1)</script>",5,6\n`,
    });
    browser = await launchChromium();
    const drift = (out: string, ...rest: string[]) => umpire(["drift", ...rest, "--quiet", "--out", out], folder);
    const answers = await Promise.all([
      drift("month", "september.csv", "october.csv", "--by", "day"),
      drift("few", "few.csv", "moved.csv"),
      drift("tiny", "few.csv", "tiny.csv"),
      umpire(["skew", "raw.csv", "logged.csv", "--id", "request_id", "--quiet", "--out", "skew"], folder),
      umpire(["check", "ragged.csv", "--quiet", "--html", "check.html"], folder),
      umpire(["check", "few.csv", "--quiet", "--html", "good.html"], folder),
    ]);
    const said = answers.map(({ stderr, stdout }) => stderr + stdout).join("");
    if (said.includes("umpire:")) throw new Error(said);
  }, 120_000);
  afterEach(() => page.close());
  afterAll(async () => {
    await browser.close();
    await rm(folder, { recursive: true });
  });

  async function open(name: keyof typeof pages, width: number, dark: boolean): Promise<string[]> {
    page = await browser.newPage({ viewport: { width, height: 844 }, colorScheme: dark ? "dark" : "light" });
    const troubles: string[] = [];
    page.on("console", (message) => troubles.push(message.text()));
    page.on("request", (request) => {
      if (!/^(file|data):/.test(request.url())) troubles.push(`asked for ${request.url()}`);
    });
    await page.goto(pathToFileURL(join(folder, pages[name])).href);
    return troubles;
  }

  const looks = Object.keys(pages).flatMap((name) => [
    [name as keyof typeof pages, "phone, dark", 390, true] as const,
    [name as keyof typeof pages, "desk, light", 1280, false] as const,
  ]);
  it.each(looks)(
    "%s, %s: has no fault that axe-core finds, no small or faint text, no scroll sideways",
    async (...look) => {
      const troubles = await open(look[0], look[2], look[3]);
      await page.evaluate(() => document.querySelectorAll("details").forEach((one) => (one.open = true)));
      expect(await accessibilityProblems(page)).toEqual([]);
      expect(await smallTexts(page)).toEqual([]);
      expect(await faintTexts(page)).toEqual([]);
      expect(await sidewaysScroll(page)).toBe(0);
      expect(troubles).toEqual([]);
    },
  );

  it("a month: every column is a row of the heat map, what moved is open, the rest is folded, alarms are told in words", async () => {
    await open("month", 1280, false);
    expect(await page.locator("h1").innerText()).toMatch(/2 of 39 columns moved/);
    expect(await page.locator(".heat [role=img]").count()).toBeGreaterThanOrEqual(39);
    const row = page.getByRole("img", { name: /^measure_3: \d+ alarms, the first 2\d Oct 2026/ });
    expect(await row.count()).toBe(1);
    expect(await page.locator("article:visible h3").count()).toBe(2);
    await page.getByText("37 columns that did not move").click();
    expect(await page.locator("article:visible h3").count()).toBe(39);
    expect(await page.locator("img").count()).toBe(0);
  });

  it("is walked by keyboard: each stop is named and seen, and a column's name leads to its card", async () => {
    await open("month", 1280, false);
    const stops = await tabStops(page);
    expect(stops.length).toBeGreaterThan(40);
    expect(stops.filter(({ name, seen }) => name === "" || !seen)).toEqual([]);
    await page.getByRole("link", { name: "measure_3", exact: true }).press("Enter");
    expect(await page.evaluate(() => document.querySelector("article:target h3")?.textContent)).toContain("measure_3");
  });

  it("prints light, without what was folded, within the paper", async () => {
    await open("month", 794, true);
    await page.emulateMedia({ media: "print", colorScheme: "dark" });
    expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe("rgb(255, 255, 255)");
    expect(await sidewaysScroll(page)).toBe(0);
  });

  it("says of a good file without a contract what was not looked at", async () => {
    await open("check of a good file", 390, false);
    expect(await page.locator("main").innerText()).toContain("Without a contract only the file itself was checked");
  });
});

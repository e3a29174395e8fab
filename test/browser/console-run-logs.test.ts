import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { Browser } from "playwright-core";
import { openRunLogs } from "../../src/composition/run-logs.ts";
import { type ApiInMemory, apiInMemory } from "../server/api-in-memory.ts";
import { accessibilityProblems, sidewaysScroll } from "./accessible.ts";
import { hasChromium, launchChromium } from "./chromium.ts";

const folder = mkdtempSync(join(tmpdir(), "umpire-console-logs-"));
let browser: Browser | undefined;
let api: ApiInMemory | undefined;

afterEach(async () => {
  await browser?.close();
  api?.app.server.closeAllConnections();
  await api?.app.close();
  rmSync(folder, { recursive: true, force: true });
});

const RUN = "20261123T095900Z-c98c";

describe.skipIf(!hasChromium)("the log of a retraining in the console", () => {
  it("is shown to an operator as text, its end first, more of it on demand, and not to a viewer", {
    timeout: 60_000,
  }, async () => {
    api = await apiInMemory({ runLogs: await openRunLogs(folder) });
    await api.call("operator", "POST", "/v1/models/ranker/versions", { artifact: { kind: "constant", value: 1 } });
    const body = {
      model: "ranker",
      run: RUN,
      state: "failed",
      started: api.clock.now(),
      ended: api.clock.now(),
      causes: ["ann asked for it"],
      by: "ann",
      record: null,
      version: null,
      against: null,
      decision: null,
      reason: 'step "fit": exit code 3',
      final: null,
    };
    await api.plane.store.change({ name: "retraining", role: "system" }, (state) =>
      state.put({ kind: "retraining", id: `ranker/${RUN}`, parent: "ranker", body, action: "retraining.end" }),
    );
    const runs = join(folder, "runs", RUN);
    mkdirSync(runs, { recursive: true });
    const lines = Array.from({ length: 3000 }, (_, i) => `epoch ${i} loss 0.5`).join("\n");
    const ending = '\u001b[31mError: <img src=x onerror="document.title=1">\u001b[0m\n10%\r50%\r100% done\n';
    writeFileSync(join(runs, "1-fit.log"), `${lines}\n${ending}`);

    const address = await api.app.listen({ port: 0, host: "127.0.0.1" });
    browser = await launchChromium();
    const page = await browser.newPage({ viewport: { width: 390, height: 844 } });
    const wrong: string[] = [];
    page.on("pageerror", (error) => wrong.push(String(error)));
    await page.addInitScript((key) => sessionStorage.setItem("umpire-key", key), api.keys.operator);
    await page.goto(`${address}/#/model/ranker`);
    await page.getByText(`What its steps wrote, run ${RUN}`).click();
    const log = page.getByRole("region", { name: "Log of 1-fit" });
    await log.waitFor();
    const text = await log.innerText();
    expect(text).toMatch(/Error: <img src=x onerror="document.title=1">\n100% done\s*$/);
    expect(text).toMatch(/^epoch \d+ loss 0.5\n/);
    expect(text).not.toContain("epoch 0 ");
    expect(text.length).toBeLessThanOrEqual(16_384);
    expect(await log.evaluate((element) => element.scrollTop > 0)).toBe(true);
    expect(await accessibilityProblems(page)).toEqual([]);
    expect(await sidewaysScroll(page)).toBeLessThanOrEqual(0);
    await page.getByRole("button", { name: "More of it" }).click();
    await page.getByText(/^epoch 0 loss/).waitFor();
    expect(wrong).toEqual([]);

    expect((await api.call("viewer", "GET", `/v1/models/ranker/retrainings/${RUN}/logs`)).status).toBe(403);
    for (const run of ["..%2f..", "nothing"]) {
      const { status } = await api.call("operator", "GET", `/v1/models/ranker/retrainings/${run}/logs`);
      expect([400, 404]).toContain(status);
    }
  });
});

import { describe, expect, it } from "vitest";
import { checks, runCheck } from "../scripts/check.ts";

describe.concurrent("the project's own checks", { timeout: 180_000 }, () => {
  it.each(checks)("pass: $name", async (check) => {
    const { passed, output } = await runCheck(check);
    expect(passed, output).toBe(true);
  });
});

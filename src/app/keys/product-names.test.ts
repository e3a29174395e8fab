import { globSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { productNames } from "../../core/access/roles.ts";
import { MemoryControlStore } from "../control/memory-control-store.ts";
import { createKey } from "./access-keys.ts";

it("no key has a name under which the product acts by itself", async () => {
  const clock = { now: () => 0, monotonic: () => 0 };
  const store = new MemoryControlStore(clock);
  const by = { name: "ada", role: "admin" };
  for (const name of [...productNames, "Umpire"]) {
    const made = createKey(store, clock, { name, role: "admin", expires: null }, by);
    await expect(made, name).rejects.toMatchObject({ code: "USAGE", where: "name" });
  }
  await createKey(store, clock, { name: "server-of-ada", role: "admin", expires: null }, by);
});

it("every such name is known", () => {
  const found = globSync("src/{app,entrypoints,composition}/**/*.ts")
    .filter((path) => !path.endsWith(".test.ts"))
    .flatMap((path) => [...readFileSync(path, "utf8").matchAll(/name: "([^"]+)", role: "system"/g)])
    .map(([, name = ""]) => name);
  expect(found.length).toBeGreaterThan(5);
  // A name with a space cannot be a key's.
  expect(found.filter((name) => !name.includes(" ") && !productNames.includes(name))).toEqual([]);
});

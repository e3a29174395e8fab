import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { ada, controlStoreContract, HandClock } from "../../../test/contracts/control-store.contract.ts";
import type { ControlStore } from "../../app/ports/control-store.ts";
import { openSqliteStore, openSqliteStoreToRead } from "./sqlite-control-store.ts";

const opened: { store: ControlStore; folder: string }[] = [];

afterEach(async () => {
  for (const { store, folder } of opened.splice(0)) {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
});

async function open(clock: HandClock, folder = mkdtempSync(join(tmpdir(), "umpire-state-"))): Promise<ControlStore> {
  const onBug = (error: unknown): never => {
    throw error;
  };
  const store = await openSqliteStore({ folder, clock, owner: "a test", onBug });
  opened.push({ store, folder });
  return store;
}

describe("the control store in SQLite", () => {
  controlStoreContract((clock) => open(clock));

  it("refuses a second server on the same folder, and lets it in when the first is gone", async () => {
    const clock = new HandClock();
    const first = await open(clock);
    const { folder } = opened[0]!;
    await expect(open(clock, folder)).rejects.toMatchObject({
      code: "STATE",
      message: "another Umpire works on this state folder: a test",
    });
    await first.close();
    await open(clock, folder);
  });

  it("has everything again after it was closed, and can be read beside the server", async () => {
    const clock = new HandClock();
    const store = await open(clock);
    await store.change(ada, (state) => state.put({ kind: "thing", id: "a", body: { n: 1 }, action: "put" }));
    const { folder } = opened[0]!;
    const beside = await openSqliteStoreToRead(folder, clock);
    expect((await beside.read((state) => state.get("thing", "a")))?.body).toEqual({ n: 1 });
    await expect(beside.change(ada, (state) => state.delete("thing", "a", { action: "x" }))).rejects.toThrow(
      /readonly/,
    );
    await beside.close();
    await store.close();
    const again = await open(clock, folder);
    expect((await again.read((state) => state.get("thing", "a")))?.revision).toBe(1);
    expect(await again.problems()).toEqual([]);
  });
});

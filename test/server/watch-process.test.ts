import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { InternalError } from "../../src/core/failures.ts";
import { folderWith } from "../acceptance/command-line.ts";
import { openWatched, referenceCsv, registerChampion, type Watched, writePast } from "./watched-model.ts";

const policy = `model: loans
task: binary
data: { test: test.csv }
columns: { id: id, unit: user, label: label }
models:
  champion: { column: score }
  challenger: { column: score }
metrics: [roc_auc]
slices: { cohort b: { where: { cohort: b }, weight: 1 } }
monitors: { owner: ann }
`;

const open: { watched: Watched | null; folder: string } = { watched: null, folder: "" };

async function start(): Promise<Watched> {
  open.folder = folderWith({ "umpire.yaml": policy, "test.csv": referenceCsv(2000) });
  writePast(open.folder, { model: "loans", version: "1", days: 20, perDay: 300, late: 2 });
  open.watched = await openWatched(open.folder);
  await registerChampion(open.watched, "loans");
  return open.watched;
}

afterEach(async () => {
  await open.watched?.close();
  rmSync(open.folder, { recursive: true, force: true });
});

/** Process ids of the children of this process that look at logs. */
function lookers(): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const parent = Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
        return parent === process.pid && readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("watch-child");
      } catch {
        // It has ended meanwhile.
        return false;
      }
    });
}

describe("looks in a process of their own", () => {
  it("fail when the process dies, and the next one finds what there is", async () => {
    const { watch } = await start();
    const dying = watch.look("loans").catch((error: unknown) => error);
    while (lookers().length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    for (const pid of lookers()) process.kill(pid, "SIGKILL");
    expect(await dying).toBeInstanceOf(InternalError);
    const look = await watch.look("loans");
    expect(look.problem).toBeNull();
    expect(look.quality?.measured[0]).toMatchObject({ slice: "everything", outcome: "holds" });
  });

  it("say what a user can mend in the words of the failure", async () => {
    const { watch } = await start();
    rmSync(join(open.folder, "test.csv"));
    await expect(watch.look("loans")).rejects.toMatchObject({
      name: "Failure",
      code: "FILE_MISSING",
      mend: expect.arrayContaining([expect.any(String)]),
    });
  });

  it("end with the server, also in the middle of a look", async () => {
    const watched = await start();
    const under = watched.watch.look("loans").catch(() => "ended");
    while (lookers().length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await watched.close();
    open.watched = null;
    expect(await under).toBe("ended");
    expect(lookers()).toEqual([]);
  });
});

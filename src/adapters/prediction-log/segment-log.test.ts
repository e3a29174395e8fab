import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { LogMode } from "../../app/ports/prediction-log.ts";
import type { LabelEvent } from "../../core/serving/prediction-event.ts";
import { cutTornTail } from "./recover-segments.ts";
import { SegmentLog } from "./segment-log.ts";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "umpire-log-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function event(id: string): LabelEvent {
  return {
    kind: "label",
    id,
    key: null,
    item: null,
    model: null,
    name: "label",
    label: 1,
    time: 1,
    at: 1,
    source: null,
  };
}

function kept(): string[] {
  return ["live", "closed"].flatMap((part) => {
    const path = join(folder, part);
    const names = readdirSync(folder).includes(part) ? readdirSync(path) : [];
    return names.flatMap((name) =>
      readFileSync(join(path, name), "utf8")
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => (JSON.parse(line) as { id: string }).id),
    );
  });
}

for (const mode of ["durable", "written", "early"] as const satisfies readonly LogMode[]) {
  test(`${mode}: what was appended is kept, each event once and in order`, async () => {
    const log = new SegmentLog({ folder, mode, segmentBytes: 2000 });
    const ids = Array.from({ length: 200 }, (_, i) => `p${i}`);
    await Promise.all(ids.map((id) => log.append([event(id)])));
    await log.close();
    expect(kept()).toEqual(ids);
    expect(log.health).toMatchObject({ problem: null, written: 200, failed: 0, dropped: 0 });
  });
}

test("a folder that cannot be written fails durable appends, and the next append after the mend is kept", async () => {
  const path = join(folder, "log");
  writeFileSync(path, "a file where the folder should be");
  const log = new SegmentLog({ folder: path, mode: "durable" });
  await expect(log.append([event("lost")])).rejects.toMatchObject({ code: "WRITE" });
  expect(log.health.problem).not.toBeNull();
  rmSync(path);
  folder = path;
  await log.append([event("kept")]);
  await log.close();
  expect(kept()).toEqual(["kept"]);
});

test("written: what could not be kept is written with the next append that works", async () => {
  const path = join(folder, "log");
  writeFileSync(path, "");
  const log = new SegmentLog({ folder: path, mode: "written" });
  await expect(log.append([event("first")])).rejects.toMatchObject({ code: "WRITE" });
  rmSync(path);
  folder = path;
  await log.append([event("second")]);
  await log.close();
  expect(kept()).toEqual(["first", "second"]);
});

test("a torn tail is cut back to the last whole event, whatever it is made of", () => {
  for (const tail of ['{"kind":"lab', "\0\0\0\0", '{"a":1}\0\0\n\0', "half a line\n", "\n\n"]) {
    const path = join(folder, "s.jsonl");
    writeFileSync(path, '{"id":"a"}\n{"id":"b"}\n');
    appendFileSync(path, tail);
    cutTornTail(path);
    expect(readFileSync(path, "utf8")).toBe('{"id":"a"}\n{"id":"b"}\n');
  }
});

test("what an earlier process left open is closed when the log is opened, and nothing whole is lost", async () => {
  mkdirSync(join(folder, "live"), { recursive: true });
  const log = new SegmentLog({ folder, mode: "written" });
  await log.append([event("a")]);
  const [name] = readdirSync(join(folder, "live"));
  appendFileSync(join(folder, "live", name!), '{"id":"torn');
  const next = new SegmentLog({ folder, mode: "written" });
  expect(next.recovery).toEqual({ segments: 1, cutBytes: 11 });
  expect(kept()).toEqual(["a"]);
  await next.close();
});

test("a segment that is old enough is closed also where nothing more is written", async () => {
  const closed: string[] = [];
  const log = new SegmentLog({
    folder,
    mode: "written",
    segmentMilliseconds: 1000,
    onClosed: (path) => closed.push(path),
  });
  await log.append([event("a")]);
  log.closeOld(Date.now());
  expect(closed).toEqual([]);
  log.closeOld(Date.now() + 1001);
  expect(closed).toHaveLength(1);
  log.closeOld(Date.now() + 5000);
  await log.append([event("a")]);
  await log.close();
  expect(closed).toHaveLength(2);
});

test("a folder that cannot be written is known before the first event, and one that can holds nothing of the trial", async () => {
  const log = new SegmentLog({ folder, mode: "written" });
  log.probe();
  expect(log.health.problem).toBeNull();
  expect(kept()).toEqual([]);
  expect(readdirSync(join(folder, "live"))).toEqual([]);
  writeFileSync(join(folder, "file"), "");
  const wrong = new SegmentLog({ folder: join(folder, "file", "log"), mode: "written" });
  wrong.probe();
  expect(wrong.health.problem).toContain("ENOTDIR");
  if (existsSync("/proc/self")) {
    const nowhere = new SegmentLog({ folder: "/proc/umpire/log", mode: "written" });
    nowhere.probe();
    expect(nowhere.health.problem).not.toBeNull();
  }
  await log.close();
});

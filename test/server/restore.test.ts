import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { verifyTrail } from "../../src/app/control/verify-trail.ts";
import { setAlias } from "../../src/app/registry/aliases.ts";
import { registerVersion } from "../../src/app/registry/versions.ts";
import { latestRollout } from "../../src/app/rollout/rollout-document.ts";
import { RolloutControl } from "../../src/app/rollout/rollout-control.ts";
import { makeBackup, restoreBackup } from "../../src/composition/backups.ts";
import { openControlPlane } from "../../src/composition/control-plane.ts";
import { emptyConfiguration } from "../../src/schemas/api/registry-schemas.ts";

const base = mkdtempSync(join(tmpdir(), "umpire-restore-"));
afterAll(() => rmSync(base, { recursive: true, force: true }));

const ann = { name: "ann", role: "approver" };

async function openWithControl(folder: string) {
  const plane = await openControlPlane(folder, "a test", () => undefined);
  const control = new RolloutControl({ plane, evidence: null, tell: () => undefined });
  return { plane, control };
}

it("a restore tells what will be live and what was, holds the release that ran then, and stands in the trail", async () => {
  const [state, copy] = [join(base, "state"), join(base, "monday")];
  const monday = await openWithControl(state);
  for (const value of [1, 2]) {
    const artifact = { kind: "constant", value } as const;
    await registerVersion(
      monday.plane,
      { model: "m", version: null, artifact, configuration: emptyConfiguration },
      ann,
    );
  }
  await monday.plane.store.change(ann, (writer) => setAlias(writer, "m", "champion", "1", ann));
  const release = { stages: [{ cohort: "everyone", shares: [0.5] }], shadow: false };
  await monday.control.start({ model: "m", challenger: "2", verdict: null, release, arms: {} }, ann, "ann");
  const kept = await monday.plane.store.read((reader) => reader.auditHead());
  await makeBackup(state, copy);
  // On Tuesday it is found harmful, and another model comes.
  await monday.control.rollBack({ model: "m", to: null, cohort: null, reason: "wrong answers" }, ann);
  const artifact = { kind: "constant", value: 3 } as const;
  await registerVersion(
    monday.plane,
    { model: "new", version: null, artifact, configuration: emptyConfiguration },
    ann,
  );
  await monday.plane.store.change(ann, (writer) => setAlias(writer, "new", "champion", "1", ann));
  const { sequence } = await monday.plane.store.read((reader) => reader.auditHead());
  await monday.plane.close();

  const restored = await restoreBackup(copy, state, true, ann);
  expect(restored).toMatchObject({
    before: `${state}.before-restore-1`,
    models: [
      {
        model: "m",
        versions: ["1", "2"],
        before: { champion: "1", versions: ["1"], reason: expect.stringContaining("wrong answers") },
      },
    ],
    gone: ["new"],
    held: ["m.r1"],
  });
  const back = await openWithControl(state);
  const written = await back.plane.store.read((reader) => reader.audit({ newestFirst: true, limit: 1 }));
  expect(written).toMatchObject([{ action: "state.restore", actor: "ann" }]);
  expect(restored.lost).toBe(sequence - kept.sequence);
  const found = await back.plane.store.read((reader) => latestRollout(reader, "m"));
  expect(found?.body.state.phase).toBe("paused");
  expect(found?.body.decisions.at(-1)).toMatchObject({ decision: "hold", reason: "a backup was restored" });
  expect(await verifyTrail(back.plane.store, back.plane.artifacts, null)).toMatchObject({ sound: true, problems: [] });
  await back.control.command("m", { kind: "resume" }, ann);
  await back.plane.close();

  // Where there is nothing to compare with, that is said too.
  const elsewhere = await restoreBackup(copy, join(base, "elsewhere"), false, ann);
  expect(elsewhere).toMatchObject({ before: null, lost: null, gone: [], held: ["m.r1"] });
  expect(elsewhere.models[0]!.before).toBeUndefined();
});

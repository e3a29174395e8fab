import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createRandom, type Random } from "../../src/core/statistics/random.ts";
import { folderWith } from "../acceptance/command-line.ts";
import { DAY, NOW, openWatched, registerChampion } from "./watched-model.ts";

const names = ["cat", "dog", "fox"];
const policy = (metric: string, more = ""): string => `model: pets
task: multiclass
data: { test: test.csv }
columns: { id: id, unit: user, label: label }
models:
  champion: { columns: { cat: p_cat, dog: p_dog, fox: p_fox } }
  challenger: { columns: { cat: p_cat, dog: p_dog, fox: p_fox } }
metrics: [${metric}]
slices:
  blurred: { where: { blurred: 1 }, weight: 1, blocking: true }
monitors: { columns: [size], quality: { least_units: 30 } }
${more}`;

interface Picture {
  readonly said: readonly number[];
  readonly predicted: string;
  readonly label: string;
  readonly blurred: 0 | 1;
  readonly size: number;
}

/** Blurred pictures are harder, which the model does not know. */
function picture(random: Random, shareBlurred: number, changed: boolean): Picture {
  const logits = names.map(() => 1.5 * random.nextNormal());
  const blurred = random.next() < shareBlurred ? 1 : 0;
  const shares = (factor: number): number[] => {
    const raised = logits.map((one) => Math.exp(factor * one));
    const sum = raised.reduce((a, b) => a + b, 0);
    return raised.map((one) => one / sum);
  };
  let left = random.next();
  const truth = shares(blurred === 1 ? 0.4 : 1).findIndex((share) => (left -= share) < 0);
  const said = shares(1.5);
  const label = names[changed ? (truth + 1) % 3 : truth]!;
  const size = Math.round(100 * random.next() + (blurred === 1 ? 60 : 0));
  return { said, predicted: names[said.indexOf(Math.max(...said))]!, label, blurred, size };
}

interface Past {
  readonly blurred: number;
  readonly changedSince: number;
  readonly classes: boolean;
  /** More of the policy. */
  readonly more?: string;
}

function writeFolder(metric: string, { blurred, changedSince, classes, more }: Past): string {
  const random = createRandom(5);
  const test = ["id,user,blurred,size,label,p_cat,p_dog,p_fox"];
  for (let i = 0; i < 4000; i++) {
    const one = picture(random, 0.3, false);
    test.push([i, `u${i}`, one.blurred, one.size, one.label, ...one.said].join(","));
  }
  const folder = folderWith({ "umpire.yaml": policy(metric, more), "test.csv": `${test.join("\n")}\n` });
  const lines: string[] = [];
  for (let day = 24; day > 0; day--) {
    for (let i = 0; i < 200; i++) {
      const at = NOW - (day - i / 200) * DAY;
      const one = picture(random, day <= 5 ? blurred : 0.3, day <= changedSince);
      const id = `p${day}-${i}`;
      const said = Object.fromEntries(names.map((name, c) => [name, one.said[c]]));
      lines.push(
        JSON.stringify({
          kind: "prediction",
          id,
          key: null,
          request: id,
          at,
          time: null,
          model: "pets",
          version: "1",
          routed: "1",
          cohort: "all",
          arm: "champion",
          propensity: 1,
          unit: `u${random.nextBelow(3000)}`,
          milliseconds: 1,
          raw: { blurred: one.blurred, size: one.size },
          prediction: one.predicted,
          ...(classes ? { classes: said } : {}),
        }),
      );
      const time = at - 2 * DAY * Math.log(1 - random.next());
      if (time > NOW) continue;
      const given = { key: null, item: null, model: null, name: "label", source: null };
      lines.push(JSON.stringify({ kind: "label", id, label: one.label, time, at: time, ...given }));
    }
  }
  mkdirSync(join(folder, "predictions", "closed"), { recursive: true });
  writeFileSync(join(folder, "predictions", "closed", "0-1.jsonl"), `${lines.join("\n")}\n`);
  return folder;
}

async function qualityOf(metric: string, past: Past) {
  const folder = writeFolder(metric, past);
  const watched = await openWatched(folder);
  try {
    await registerChampion(watched, "pets");
    const { quality } = await watched.watch.look("pets");
    if (watched.bugs.length > 0) throw watched.bugs[0];
    return quality!;
  } finally {
    await watched.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const usual: Past = { blurred: 0.3, changedSince: 0, classes: true };

describe("the quality of several classes, in production", () => {
  it.each(["log_loss", "macro_f1", "roc_auc_ovr"])(
    "is measured from late labels, estimated without them, and audited: %s",
    async (metric) => {
      const { problem, measured, estimated, audit } = await qualityOf(metric, usual);
      expect(problem).toBeNull();
      for (const slice of [...measured, ...estimated]) expect(slice).toMatchObject({ outcome: "holds" });
      expect(measured.map(({ slice }) => slice)).toEqual(["everything", "blurred"]);
      expect(measured[0]).toMatchObject({ assumes: null, method: expect.stringMatching(/^rows with a label weigh/) });
      expect(estimated[0]).toMatchObject({
        method: expect.stringMatching(/^CBPE, isotonic calibration of 3 of 3 classes/),
        assumes: expect.stringMatching(/changed concept shows only in labels/),
      });
      expect(estimated[1]!.periods.at(-1)!.interval).not.toBeNull();
      expect(audit!.periods).toBeGreaterThan(5);
      expect(audit!.held / audit!.periods).toBeGreaterThan(0.8);
    },
    60_000,
  );

  it("falls in the estimate before labels say so, where the pictures got worse", async () => {
    const more = `retrain:
  steps: [{ name: train, run: [node, train.cjs] }]
  produces: m
  triggers: { performance: { source: estimated } }
`;
    const { measured, estimated, trigger } = await qualityOf("accuracy", { ...usual, blurred: 0.95, more });
    expect(trigger).toMatchObject({
      fallen: true,
      message: expect.stringMatching(/^estimated quality: everything: acc/),
    });
    expect(estimated[0]).toMatchObject({ outcome: "below", method: expect.stringMatching(/^PAPE/) });
    // Blurred pictures are as hard as they were.
    expect(estimated[1]!.outcome).toBe("holds");
    expect(measured[1]!.outcome).toBe("holds");
  }, 60_000);

  it("is refused as an estimate where labels say that the concept has changed", async () => {
    const { measured, estimated } = await qualityOf("accuracy", { ...usual, changedSince: 10 });
    expect(measured[0]!.outcome).toBe("below");
    expect(estimated[0]).toMatchObject({
      outcome: "not-evaluated",
      reason: expect.stringMatching(/^refused: the concept has changed/),
    });
  }, 60_000);

  it("says so where the log holds no probabilities: classes are measured, no more", async () => {
    const loss = await qualityOf("log_loss", { ...usual, classes: false });
    expect(loss.measured[0]).toMatchObject({ reason: "log_loss needs probabilities, and the log holds classes" });
    const f1 = await qualityOf("macro_f1", { ...usual, classes: false });
    expect(f1.measured[0]!.outcome).toBe("holds");
    expect(f1.estimated[0]).toMatchObject({
      outcome: "not-evaluated",
      reason: "refused: the log holds no probabilities of the classes",
    });
  }, 60_000);
});

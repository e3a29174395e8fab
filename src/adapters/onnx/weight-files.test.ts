import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  expected,
  features,
  fixture,
  folder,
  judged,
  near,
  records,
  rows,
  second,
  serve,
} from "../../../test/strange-models.ts";

describe("weights in a file of their own", () => {
  const weights = Buffer.from(fixture.models["apart"]!.weights!, "base64");
  const file = join(folder, "apart.weights");

  it("are part of what a model is: others are another model", async () => {
    writeFileSync(file, weights);
    const digest = await serve("apart", { features }, async (model) => {
      near((await model.predict({ count: rows, records }, {})).scores, expected("apart", "score"));
      return model.digest;
    });
    near((await judged("apart", {})).values, expected("apart", "score"));
    const others = Uint8Array.from(weights).fill(0, 0, 4);
    writeFileSync(file, others);
    expect(await serve("apart", { features }, (model) => model.digest)).not.toBe(digest);
  });

  it("are found from any folder, also where a ZipMap is read through", async () => {
    writeFileSync(
      join(folder, "apart_zipped.weights"),
      Buffer.from(fixture.models["apart_zipped"]!.weights!, "base64"),
    );
    near((await judged("apart_zipped", { task: "binary" })).values, second(expected("apart_zipped", "p")));
    await serve("apart_zipped", { features }, (model) => expect(model.score).toMatchObject({ column: 1 }));
  });

  it("that are not there are named", async () => {
    rmSync(file, { force: true });
    for (const attempt of [serve("apart", { features }, () => null), judged("apart", {})]) {
      await expect(attempt).rejects.toMatchObject({ mend: [expect.stringMatching(/beside (the model|it)/)] });
    }
  });
});

import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { createOnnxServingRuntime } from "../../src/adapters/onnx/onnx-serving-runtime.ts";
import { verifyTrail } from "../../src/app/control/verify-trail.ts";
import { registerVersion } from "../../src/app/registry/versions.ts";
import { openControlPlane } from "../../src/composition/control-plane.ts";
import { emptyConfiguration, exampleFile } from "../../src/schemas/api/registry-schemas.ts";
import { ada } from "../contracts/control-store.contract.ts";

const base = mkdtempSync(join(tmpdir(), "umpire-models-"));
afterAll(() => rmSync(base, { recursive: true, force: true }));

const path = resolve(import.meta.dirname, "../../examples/flights/models/challenger.onnx");
const usual = { encode: null, missing: null, output: null, class: null, task: null };
const features = ["hour", "weekday", "distance", "board_late_share"];

describe("a model file", () => {
  it("is opened when it is registered: what no gateway could serve is refused then, and says what to do", async () => {
    const plane = await openControlPlane(join(base, "state"), "a test", () => undefined);
    const register = async (bytes: Uint8Array, more: object) => {
      const file = await plane.artifacts.put(bytes, 1e6);
      const artifact = { kind: "onnx", ...file, ...usual, features: null, ...more } as const;
      return registerVersion(plane, { model: "m", version: null, artifact, configuration: emptyConfiguration }, ada);
    };
    const whole = readFileSync(path);
    await expect(register(Buffer.from("no model"), {})).rejects.toMatchObject({
      code: "MODEL",
      where: "artifact",
      message: expect.stringContaining("not an ONNX model"),
    });
    await expect(register(whole.subarray(0, 30_000), {})).rejects.toMatchObject({ code: "MODEL" });
    await expect(register(whole, { output: "probabilties" })).rejects.toMatchObject({
      mend: expect.arrayContaining(["nearest: probabilities"]),
    });
    expect(await plane.store.read((state) => state.list("version"))).toEqual([]);
    await register(whole, { features, output: "probabilities", class: 1 });
    // Damaged on the disk since: found by the check, and refused where it would be used.
    writeFileSync(plane.artifacts.path(exampleFile.digest), whole.subarray(0, 64_000));
    expect(await verifyTrail(plane.store, plane.artifacts, null)).toMatchObject({
      problems: [`the file ${exampleFile.digest} does not have the content of its name`],
    });
    await plane.close();
  });

  it("is never served where its content is not that of its digest", async () => {
    const { load } = createOnnxServingRuntime();
    const other = join(base, "m.onnx");
    copyFileSync(resolve(path, "../champion.onnx"), other);
    const source = { kind: "onnx", path: other, features, output: "probabilities", class: 1 } as const;
    await expect(load({ ...source, digest: exampleFile.digest })).rejects.toMatchObject({
      code: "MODEL",
      message: expect.stringContaining("damaged or changed"),
    });
    copyFileSync(path, other);
    const model = await load({ ...source, digest: exampleFile.digest });
    expect(model.digest).toBe(exampleFile.digest);
    await model.close();
  });
});

import type { OpenInput } from "../app/init/guess-features.ts";
import type { ModelSpec } from "../app/ports/model-runtime.ts";
import { Failure } from "../core/failures.ts";

/** How a model file is fed, with what a file beside it says where the caller says nothing. @throws Failure MODEL */
export async function describeModel(spec: ModelSpec): Promise<ModelSpec> {
  const { withSidecar } = await import("../adapters/onnx/sidecar.ts");
  return withSidecar(spec);
}

/** Files beside a model that hold weights of it, by their names. @throws Failure MODEL */
export async function weightFiles(path: string): Promise<readonly string[]> {
  const { graphOf, readModel } = await import("../adapters/onnx/onnx-model-runtime.ts");
  return graphOf(await readModel(path), path).weightFiles;
}

/**
 * The only input of a model that takes several numbers a row, where nothing says which columns they are; null of any
 * other model, and of one that cannot be opened.
 */
export async function openInput(path: string): Promise<OpenInput | null> {
  const { openOnnxEngine } = await import("../adapters/onnx/onnx-engine.ts");
  try {
    const spec = await describeModel({ path });
    if (spec.features !== undefined) return null;
    const engine = await openOnnxEngine(spec);
    await engine.close();
    const [only] = engine.inputs;
    const width = only?.shape[1] ?? 1;
    const isOne = engine.inputs.length === 1 && only?.shape.length === 2 && only.datatype !== "BYTES";
    return isOne && width > 1 ? { input: only.name, width } : null;
  } catch (error) {
    if (error instanceof Failure) return null;
    throw error;
  }
}

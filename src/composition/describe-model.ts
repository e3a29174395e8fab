import type { ModelSpec } from "../app/ports/model-runtime.ts";

/** How a model file is fed, with what a file beside it says where the caller says nothing. @throws Failure MODEL */
export async function describeModel(spec: ModelSpec): Promise<ModelSpec> {
  const { withSidecar } = await import("../adapters/onnx/sidecar.ts");
  return withSidecar(spec);
}

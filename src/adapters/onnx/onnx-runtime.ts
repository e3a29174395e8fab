/**
 * The ONNX runtime, loaded when it is first needed. Since 1.29 its builds for Linux report names and digests of models to
 * their maker, and keep an id of the machine, unless this variable is there when the library starts.
 */
export async function importOnnxRuntime(): Promise<typeof import("onnxruntime-node")> {
  process.env["ORT_DISABLE_TELEMETRY"] = "1";
  const { default: runtime } = await import("onnxruntime-node");
  return runtime;
}

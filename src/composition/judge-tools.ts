import type { JudgeTools } from "../app/judge/judge.ts";
import { productVersion } from "./product.ts";

/** Wires files, DuckDB and ONNX into the judge. The engines behind them are loaded when they are first needed. */
export async function judgeTools(
  progress: JudgeTools["progress"],
  signal: AbortSignal,
): Promise<JudgeTools & { close(): Promise<void> }> {
  const [{ createDuckDbTableReader }, { createOnnxModelRuntime }, { createEvidenceHelper }] = await Promise.all([
    import("../adapters/duckdb/duckdb-table-reader.ts"),
    import("../adapters/onnx/onnx-model-runtime.ts"),
    import("../adapters/evidence-worker/evidence-worker-helper.ts"),
  ]);
  const reader = createDuckDbTableReader();
  const helper = createEvidenceHelper();
  return {
    reader,
    runtime: {
      load: async (spec) => {
        if (spec.remote === undefined) return createOnnxModelRuntime().load(spec);
        const { createRemoteModelRuntime } = await import("../adapters/remote/remote-model-runtime.ts");
        return createRemoteModelRuntime(process.env).load(spec);
      },
    },
    helper,
    product: `umpire ${productVersion()}`,
    progress,
    signal,
    close: async () => {
      await helper.close();
      await reader.close();
    },
  };
}

import type { JudgeTools } from "../app/judge/judge.ts";
import { productVersion } from "./product.ts";

/** Wires files, DuckDB and ONNX into the judge. The engines behind them are loaded when they are first needed. */
export async function judgeTools(
  progress: JudgeTools["progress"],
  signal: AbortSignal,
): Promise<JudgeTools & { close(): Promise<void> }> {
  const [{ createDuckDbTableReader }, { createOnnxModelRuntime }] = await Promise.all([
    import("../adapters/duckdb/duckdb-table-reader.ts"),
    import("../adapters/onnx/onnx-model-runtime.ts"),
  ]);
  const reader = createDuckDbTableReader();
  return {
    reader,
    runtime: createOnnxModelRuntime(),
    product: `umpire ${productVersion()}`,
    progress,
    signal,
    close: () => reader.close(),
  };
}

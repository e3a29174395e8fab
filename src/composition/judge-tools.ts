import type { JudgeTools } from "../app/judge/judge.ts";
import { productVersion } from "./product.ts";

/** Wires files, DuckDB and ONNX into the judge. The engines behind them are loaded when they are first needed. */
export async function judgeTools(
  resolvePath: (path: string) => string,
  progress: JudgeTools["progress"],
  signal: AbortSignal,
): Promise<JudgeTools & { close(): Promise<void> }> {
  const [{ createDuckDbTableReader }, { openScoring }, { createOnnxModelRuntime }] = await Promise.all([
    import("../adapters/duckdb/duckdb-table-reader.ts"),
    import("../app/scoring/open-scoring.ts"),
    import("../adapters/onnx/onnx-model-runtime.ts"),
  ]);
  const reader = createDuckDbTableReader();
  const runtime = createOnnxModelRuntime();
  return {
    reader,
    openScoring: (policy, source) => openScoring(policy, source, { reader, runtime, resolvePath }),
    product: `umpire ${productVersion()}`,
    progress,
    signal,
    close: () => reader.close(),
  };
}

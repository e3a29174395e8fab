import { readFile } from "node:fs/promises";
import type { JudgeTools } from "../app/judge/judge.ts";

/** Wires files, DuckDB and ONNX into the judge; each engine is loaded when it is first needed. */
export async function judgeTools(progress: JudgeTools["progress"], signal: AbortSignal): Promise<JudgeTools & { close(): Promise<void> }> {
  const [{ createDuckdbTableReader }, { openScoring }, { createOnnxModelRuntime }] = await Promise.all([
    import("../adapters/duckdb/duckdb-table-reader.ts"),
    import("../app/scoring/open-scoring.ts"),
    import("../adapters/onnx/onnx-model-runtime.ts"),
  ]);
  const reader = createDuckdbTableReader();
  return {
    reader,
    openScoring: (policy, source) => openScoring(policy, source, { reader, runtime: createOnnxModelRuntime() }),
    product: `umpire ${await productVersion()}`,
    progress,
    signal,
    close: () => reader.close(),
  };
}

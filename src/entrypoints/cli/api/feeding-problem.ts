import { Failure } from "../../../core/failures.ts";

/** How an ONNX file is fed, as a version's artifact says it. */
type Feeding = Readonly<Record<string, unknown>>;

/**
 * Why the gateway could not answer records with a file, told when it is registered rather than by the first request;
 * null where it can.
 */
export async function feedingProblem(path: string, feeding: Feeding): Promise<string | null> {
  const { weightFiles } = await import("../../../composition/describe-model.ts");
  const { loadServingModel } = await import("../../../composition/gateway.ts");
  try {
    const model = await loadServingModel({ kind: "onnx", path, ...feeding });
    await model.close();
    const beside = await weightFiles(path);
    if (beside.length > 0) {
      return (
        `a gateway cannot serve it: it keeps weights in ${beside.join(", ")}, and one file is registered; ` +
        "write it as one: onnx.save(onnx.load(FILE), ONE_FILE)"
      );
    }
    return model.notes?.join("; ") ?? null;
  } catch (error) {
    if (error instanceof Failure) return `a gateway cannot serve it: ${error.message}`;
    throw error;
  }
}

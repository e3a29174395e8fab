import type { LoadTarget } from "../app/ports/load-target.ts";
import type { HttpTargetOptions } from "../adapters/load-target/http-load-target.ts";

/** What load is put on, over HTTP. */
export async function createLoadTarget(options: HttpTargetOptions): Promise<LoadTarget> {
  const { createHttpLoadTarget } = await import("../adapters/load-target/http-load-target.ts");
  return createHttpLoadTarget(options);
}

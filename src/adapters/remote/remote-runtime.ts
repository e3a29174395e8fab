import type { ServingRuntime } from "../../app/ports/serving-runtime.ts";
import { Failure, InternalError } from "../../core/failures.ts";

/** Serves models that other servers hold. */
export function createRemoteRuntime(): ServingRuntime {
  return {
    load: async (source) => {
      if (source.kind !== "url") throw new InternalError(`the remote runtime was given ${source.kind}`);
      throw new Failure("NOT_SUPPORTED", { where: source.url, message: "models behind an address are not served yet" });
    },
  };
}

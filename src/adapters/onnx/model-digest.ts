import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { dirname, join } from "node:path";
import { Failure } from "../../core/failures.ts";
import type { ModelGraph } from "./model-graph.ts";

/**
 * SHA-256 of a model: of its file, and of the files of weights beside it where it keeps some, in the order of their
 * names. Other weights are another model.
 * @throws Failure MODEL naming a file of weights that cannot be read
 */
export async function modelDigest(path: string, bytes: Uint8Array, graph: ModelGraph): Promise<string> {
  const hash = createHash("sha256").update(bytes);
  for (const name of graph.weightFiles) {
    try {
      for await (const chunk of createReadStream(join(dirname(path), name))) hash.update(chunk as Uint8Array);
    } catch (cause) {
      throw new Failure("MODEL", {
        where: path,
        message: `the model keeps weights in "${name}", which cannot be read`,
        mend: ["copy the file beside the model, under the name that it was exported with"],
        cause,
      });
    }
  }
  return hash.digest("hex");
}

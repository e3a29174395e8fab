import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { DemoTools } from "../app/demo/play-demo.ts";
import type { ReleaseTools } from "../app/demo/play-release.ts";
import { packageRoot } from "./product.ts";

/** Wires the shipped flights example and its table into the demo. */
export async function demoTools(): Promise<Pick<DemoTools, "example" | "flights">> {
  const [{ createShippedExample }, { createFlightsTable }] = await Promise.all([
    import("../adapters/files/shipped-example.ts"),
    import("../adapters/duckdb/duckdb-flights-table.ts"),
  ]);
  return {
    example: createShippedExample(join(packageRoot(), "examples", "flights")),
    flights: createFlightsTable(),
  };
}

/** What the release chapter keeps on the disk, and how it is counted. */
export async function liveFolderTools(folder: string): Promise<Pick<ReleaseTools, "freshFolder" | "logged">> {
  const [{ lockFolder }, { countAnswers }] = await Promise.all([
    import("../adapters/sqlite/folder-lock.ts"),
    import("../adapters/prediction-log/count-answers.ts"),
  ]);
  return {
    freshFolder: () => {
      const state = join(folder, "server");
      // What the last demo left may be open in a server: it is not to lose its state under its feet.
      if (existsSync(state)) lockFolder(state, "umpire demo").release();
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder, { recursive: true });
      return Promise.resolve(folder);
    },
    logged: (live) => countAnswers(join(live, "predictions")),
  };
}

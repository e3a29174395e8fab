import { join } from "node:path";
import type { DemoTools } from "../app/demo/play-demo.ts";
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

import { describe } from "vitest";
import { controlStoreContract } from "../../../test/contracts/control-store.contract.ts";
import { MemoryControlStore } from "./memory-control-store.ts";

describe("the control store in memory", () => {
  controlStoreContract((clock) => Promise.resolve(new MemoryControlStore(clock)));
});

import { rmSync } from "node:fs";
import { expect, test } from "vitest";
import { hammer, startProcess } from "./gateway-process.ts";

/** A hundred thousand in every run; the million of the promise with UMPIRE_LONG_TESTS=1. */
const requests = process.env["UMPIRE_LONG_TESTS"] === "1" ? 1_000_000 : 100_000;

async function residentOf(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^process_resident_memory_bytes (\S+)$/m.exec(text)![1]) / 1048576;
}

test(`memory stays flat over ${requests} requests`, { timeout: requests / 100 + 60_000 }, async () => {
  const gateway = await startProcess({
    yaml: `gateway:
  log: { rotate: false, segment: { size: 8MB } }
  models:
    m:
      versions: { v1: { constant: 1 }, v2: { rule: { when: { x: { from: 5 } }, then: 1, else: 0 } } }
      cohorts: { low: { where: { x: { below: 2 } }, arms: { v2: 0.5 } } }
      shadow: { v2: 0.5 }
`,
  });
  try {
    const body = JSON.stringify({ record: { x: 1, text: "words ".repeat(20) }, unit: "u1" });
    const seen: number[] = [];
    for (let part = 0; part < 10; part++) {
      await hammer(gateway.port, "/v1/models/m/predict", body, requests / 10);
      seen.push(await residentOf(gateway.url));
    }
    // The first 80,000 fill pools and caches, and let the heap find its size. A leak of one event (500 bytes) a request
    // would add 14 MiB to that here, and 380 in the million.
    const settled = requests > 200_000 ? seen[1]! : seen[6]!;
    expect(seen[9]! - settled).toBeLessThan(24);
    expect(seen[9]!).toBeLessThan(300);
    expect(await gateway.stop("SIGTERM")).toBe(0);
  } finally {
    gateway.child.kill("SIGKILL");
    rmSync(gateway.folder, { recursive: true, force: true });
  }
});

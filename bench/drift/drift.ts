/** The comparison of two files as `umpire drift` makes it, all tests, without start-up and writing. */
import { driftFiles } from "../../src/app/drift/drift-files.ts";
import { driftReader } from "../../src/composition/drift-tools.ts";

const [reference = "", current = ""] = process.argv.slice(2);
const reader = await driftReader();
const started = performance.now();
const drift = await driftFiles(
  {
    reference: [reference],
    current: [current],
    by: null,
    time: null,
    alpha: null,
    floor: 0.01,
    season: "auto",
    columns: [],
    exclude: [],
    text: [],
    events: [],
    importance: new Map(),
    seed: 1,
    streamRows: null,
    volume: true,
    last: null,
  },
  { reader, progress: () => {}, signal: new AbortController().signal },
);
const milliseconds = performance.now() - started;
await reader.close();
const moved = drift.columns.filter((column) => column.drifted === true).map((column) => column.name);
if (moved.join() !== "n0") throw new Error(`only n0 was moved, drift was found in: ${moved.join()}`);
process.stdout.write(`${JSON.stringify({ milliseconds })}\n`);

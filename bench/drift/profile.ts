/** The profile of a file as `umpire profile` makes it, without start-up and writing. */
import { profileFiles } from "../../src/app/profile/profile-files.ts";
import { driftReader } from "../../src/composition/drift-tools.ts";

const reader = await driftReader();
const request = {
  data: process.argv.slice(2),
  like: null,
  by: null,
  time: null,
  columns: [],
  exclude: [],
  text: [],
  fingerprint: false,
};
const started = performance.now();
await profileFiles(request, { reader, progress: () => {}, signal: new AbortController().signal });
const milliseconds = performance.now() - started;
await reader.close();
process.stdout.write(`${JSON.stringify({ milliseconds })}\n`);

// Starts the bundle as the installed package does, from a checkout that has sources too.
import { enableCompileCache } from "node:module";

enableCompileCache();
const { run } = await import("../dist/cli/main.js");
await run(process.argv.slice(2));

import { readFile, readdir, rename } from "node:fs/promises";
import { join } from "node:path";
import type { ExampleFolder } from "../../app/ports/example-folder.ts";
import { createOutputFolder } from "./output-folder.ts";

/** An {@link ExampleFolder} of the product's own `examples`: policies (`*.yaml`), models with what is said of them, scripts. */
export function createShippedExample(source: string): ExampleFolder {
  return {
    script: join(source, "prepare.sql"),
    async lay(destination) {
      const names = (await readdir(source, { recursive: true })).filter(isLaid).sort();
      const files = new Map<string, Uint8Array>();
      for (const name of names) files.set(name, await readFile(join(source, name)));
      const moved: string[] = [];
      for (const [name, shipped] of files) {
        const present = join(destination, name);
        if (!name.endsWith(".yaml") || (await sameOrMissing(present, shipped))) continue;
        const kept = await freeName(`${name}.yours`, destination);
        await rename(present, join(destination, kept));
        moved.push(kept);
      }
      await createOutputFolder(destination).write(files);
      return moved;
    },
  };
}

/** Not what only makes the example (`make`), nor its README. */
function isLaid(name: string): boolean {
  return /\.(yaml|onnx|meta\.json|cjs)$/.test(name) && !name.startsWith("make");
}

/** `NAME`, or `NAME-2`, `NAME-3`, … where it is taken. */
async function freeName(name: string, folder: string): Promise<string> {
  const taken = new Set(await readdir(folder));
  let free = name;
  for (let next = 2; taken.has(free); next++) free = `${name}-${next}`;
  return free;
}

async function sameOrMissing(path: string, content: Uint8Array): Promise<boolean> {
  try {
    return (await readFile(path)).equals(content);
  } catch {
    return true;
  }
}

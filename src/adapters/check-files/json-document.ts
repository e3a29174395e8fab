/** What one JSON document is, found by one pass over its bytes without recursion. */
export interface DocumentShape {
  readonly deepest: number;
  /** Where arrays of objects sit, `payload.batches[].records`, with the number of objects; at most 5. */
  readonly arrays: readonly { readonly path: string; readonly objects: number }[];
  readonly complete: boolean;
}

const trackedDepth = 32;

/** Walks a document by its brackets. Chunks may end anywhere. */
export async function shapeOfDocument(chunks: AsyncIterable<Buffer>): Promise<DocumentShape> {
  const kinds: number[] = [];
  const keys: string[] = [];
  const objects = new Map<string, number>();
  let [depth, deepest, inString, escaped, text, expectKey] = [0, 0, false, false, "", false];
  let complete = false;
  for await (const chunk of chunks) {
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i]!;
      if (inString) {
        if (escaped) escaped = false;
        else if (byte === 92) escaped = true;
        else if (byte === 34) {
          inString = false;
          if (expectKey && depth <= trackedDepth) keys[depth] = text;
        } else if (expectKey && text.length < 60) text += String.fromCharCode(byte);
        continue;
      }
      if (byte === 34) [inString, text] = [true, ""];
      else if (byte === 123 || byte === 91) {
        if (byte === 123 && depth > 0 && depth <= trackedDepth && kinds[depth] === 91) {
          const path = pathOf(kinds, keys, depth);
          if (objects.has(path) || objects.size < 200) objects.set(path, (objects.get(path) ?? 0) + 1);
        }
        depth++;
        deepest = Math.max(deepest, depth);
        if (depth <= trackedDepth) [kinds[depth], keys[depth]] = [byte, ""];
        expectKey = byte === 123;
      } else if (byte === 125 || byte === 93) {
        depth--;
        expectKey = false;
        if (depth === 0) complete = true;
      } else if (byte === 44) expectKey = depth <= trackedDepth && kinds[depth] === 123;
      else if (byte === 58) expectKey = false;
    }
  }
  const arrays = [...objects]
    .sort((a, b) => b[1] - a[1])
    .filter(([, count], _, all) => count * 20 >= all[0]![1])
    .slice(0, 5);
  return { deepest, arrays: arrays.map(([path, count]) => ({ path, objects: count })), complete };
}

function pathOf(kinds: readonly number[], keys: readonly string[], depth: number): string {
  let path = "";
  for (let level = 1; level <= depth; level++) {
    if (kinds[level] === 123) path += (path === "" || path.endsWith(".") ? "" : ".") + (keys[level] ?? "");
    else if (level < depth) path += "[]";
  }
  return path === "" ? "(top)" : path;
}

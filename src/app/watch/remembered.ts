import type { QualityTools } from "./quality-look.ts";

/** What would come out the same again is kept. */
export async function remembered<T>(
  { memory }: Pick<QualityTools, "memory">,
  key: string,
  make: () => Promise<T>,
): Promise<T> {
  const known = memory.get(key) as T | undefined;
  if (known !== undefined) return known;
  const made = await make();
  memory.set(key, made);
  return made;
}

/** A source file, its path from the repository's root. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

const MOST_LINES = 400;
const MOST_LINES_OF_A_TEST = 500;
const KEBAB_CASE =
  /^[a-z0-9]+(-[a-z0-9]+)*(\.(test|laws\.test|simulation\.test|contract|config|peer|browser\.test))?\.tsx?$/;
const NO_FOLDERS = new Set(["utils", "util", "helpers", "common", "misc", "lib"]);

/** What is wrong with the form of a file: its name, its folder, its length, suppressed checks. */
export function formErrors({ path, text }: SourceFile): readonly string[] {
  const folders = path.split("/");
  const name = folders.pop() ?? "";
  const lines = text.split("\n").length - 1;
  const errors: string[] = [];
  if (!KEBAB_CASE.test(name)) errors.push(`${path}: the name is not kebab-case`);
  const vague = folders.find((folder) => NO_FOLDERS.has(folder));
  if (vague !== undefined) errors.push(`${path}: a folder called ${vague} says nothing; name what the file is about`);
  const most = /\.test\.tsx?$/.test(name) ? MOST_LINES_OF_A_TEST : MOST_LINES;
  if (lines > most) errors.push(`${path}: ${lines} lines, at most ${most}; is it still one idea?`);
  if (/@ts-(ignore|nocheck)/.test(text) && !path.startsWith("scripts/form-rules")) {
    errors.push(`${path}: switches the type checker off`);
  }
  return errors;
}

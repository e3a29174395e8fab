import { readFile } from "node:fs/promises";
import { basename, dirname, isAbsolute, resolve } from "node:path";
import { Failure } from "../../core/failures.ts";
import { parsePolicy, type ParsedPolicy } from "../../schemas/policy/parse-policy.ts";

/** A policy file with what is needed to follow its paths. */
export interface PolicyOnDisk {
  readonly parsed: ParsedPolicy;
  readonly text: string;
  /** File name without folders. */
  readonly name: string;
  /** Paths in a policy are relative to its folder. */
  readonly resolvePath: (path: string) => string;
}

/**
 * @param path as the user typed it, relative to `workingDirectory`
 * @throws Failure FILE_MISSING, POLICY
 */
export async function readPolicy(path: string, workingDirectory: string): Promise<PolicyOnDisk> {
  const file = resolve(workingDirectory, path);
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (cause) {
    throw new Failure("FILE_MISSING", {
      where: path,
      message: "there is no policy file here that can be read",
      mend: ["umpire init DATA writes one for your data; or name the file: umpire judge path/to/umpire.yaml"],
      cause,
    });
  }
  return policyOf(text, path, dirname(file));
}

/**
 * The policy that a text is.
 * @param path of its file, for messages
 * @param folder absolute; paths in it are relative to this
 * @throws Failure POLICY
 */
export function policyOf(text: string, path: string, folder: string): PolicyOnDisk {
  return {
    parsed: parsePolicy(text, path),
    text,
    name: basename(path),
    resolvePath: (part) => (isAbsolute(part) ? part : resolve(folder, part)),
  };
}

import { readFile } from "node:fs/promises";
import { basename, dirname, isAbsolute, resolve } from "node:path";
import { Failure } from "../../core/failures.ts";
import { alertsFile } from "../../schemas/alerts/parse-alerts.ts";
import { gatewayFile } from "../../schemas/gateway/gateway-file.ts";
import { parseMonitors } from "../../schemas/monitors/parse-monitors.ts";
import { readSection } from "../../schemas/policy/read-section.ts";
import { parseRetraining } from "../../schemas/retraining/parse-retraining.ts";
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
  const parsed = parsePolicy(text, path);
  // Whoever reads the file tells of all of it: a typing mistake in what is watched is found by the pipeline that judges.
  parseMonitors(parsed);
  parseRetraining(parsed);
  readSection(parsed.source, "alerts", alertsFile);
  readSection(parsed.source, "gateway", gatewayFile);
  return {
    parsed,
    text,
    name: basename(path),
    resolvePath: (part) => (isAbsolute(part) ? part : resolve(folder, part)),
  };
}

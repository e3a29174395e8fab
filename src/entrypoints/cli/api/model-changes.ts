import type { CommandContext, ExitCode } from "../context.ts";
import { Failure } from "../../../core/failures.ts";
import type { Terminal } from "../terminal.ts";
import { openApi } from "./api-client.ts";
import type { ServerCommandOptions } from "./server-options.ts";

export interface ModelOptions extends ServerCommandOptions {
  readonly onnx?: string;
  readonly file?: string;
  readonly url?: string;
  readonly constant?: string;
  readonly describe?: string;
  readonly version?: string;
  readonly alias?: readonly string[];
  readonly verdict?: string;
  readonly against?: string;
  readonly direction?: string;
  readonly cohort?: string;
  readonly remove?: boolean;
}

/** The path of a model, and of what belongs to it. */
export function modelPath(...parts: readonly string[]): string {
  return `/v1/models/${parts.map(encodeURIComponent).join("/")}`;
}

export async function aliasModel(
  terminal: Terminal,
  options: ModelOptions,
  [model = "", alias = "", version]: readonly string[],
  context: CommandContext,
): Promise<ExitCode> {
  const api = await openApi(options, context.workingDirectory);
  const path = modelPath(model, "aliases", alias);
  if (options.remove !== true && version === undefined) {
    throw new Failure("USAGE", {
      message: "which version?",
      mend: [`umpire models alias ${model} ${alias} VERSION`, "or --remove"],
    });
  }
  const answer =
    options.remove === true
      ? await api.send<{ aliases: Record<string, string> }>("DELETE", path)
      : await api.send<{ aliases: Record<string, string> }>("PUT", path, { version });
  terminal.document({ schema: "umpire.aliases/1", model, ...answer });
  for (const [name, meant] of Object.entries(answer.aliases)) terminal.print(` ${name}  ${meant}`);
  return 0;
}

export async function deleteVersion(
  terminal: Terminal,
  options: ModelOptions,
  [model = "", version = ""]: readonly string[],
  context: CommandContext,
): Promise<ExitCode> {
  const api = await openApi(options, context.workingDirectory);
  const answer = await api.send<{ deleted: string }>("DELETE", modelPath(model, "versions", version));
  terminal.document({ schema: "umpire.deletion/1", ...answer });
  terminal.print(` ✓ ${answer.deleted} is deleted; the audit trail keeps that it was`);
  return 0;
}

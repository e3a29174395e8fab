import { readFile } from "node:fs/promises";
import { userInfo } from "node:os";
import { join, resolve } from "node:path";
import type { QuarantineRun, QuarantineStore } from "../../../app/ports/quarantine-store.ts";
import type { Contract } from "../../../core/data-quality/contract.ts";
import { Failure } from "../../../core/failures.ts";
import { nearest } from "../../../core/nearest.ts";
import type { CommandContext, SharedOptions } from "../context.ts";

export interface QuarantineOptions extends SharedOptions {
  readonly dir?: string;
  readonly reason?: string;
  readonly column?: string;
  readonly limit?: string;
  readonly csv?: string;
  readonly contract?: string;
  readonly map?: readonly string[];
  readonly multiply?: string;
  readonly divide?: string;
  readonly add?: string;
  readonly trim?: boolean;
  readonly null?: boolean;
  readonly drop?: boolean;
  readonly replace?: string;
  readonly rows?: string;
  readonly undo?: boolean;
  readonly to?: string;
  readonly asIs?: boolean;
  readonly by?: string;
}

function folderOf(options: QuarantineOptions, context: CommandContext): string {
  if (options.dir !== undefined) return resolve(context.workingDirectory, options.dir);
  return join(resolve(context.workingDirectory, options.out ?? ".umpire"), "quarantine");
}

export async function storeOf(options: QuarantineOptions, context: CommandContext): Promise<QuarantineStore> {
  const { openQuarantine } = await import("../../../composition/check-tools.ts");
  return openQuarantine(folderOf(options, context), context.workingDirectory);
}

export async function findRun(store: QuarantineStore, wanted: string): Promise<QuarantineRun> {
  const { complete } = await store.runs();
  if (wanted === "last" && complete.length > 0) return complete.at(-1)!;
  const exact = complete.find((run) => run.run === wanted);
  if (exact !== undefined) return exact;
  const fitting = complete.filter((run) => run.run.startsWith(wanted));
  if (fitting.length === 1) return fitting[0]!;
  const names = complete.map((run) => run.run);
  const near = nearest(wanted, names);
  throw new Failure("USAGE", {
    message: fitting.length > 1 ? `several runs begin with "${wanted}"` : `there is no run "${wanted}"`,
    mend: [
      fitting.length > 1
        ? fitting.map((run) => run.run).join(", ")
        : near.length > 0
          ? `nearest: ${near.join(", ")}`
          : "umpire quarantine list",
    ],
  });
}

export async function contractOf(options: QuarantineOptions, context: CommandContext): Promise<Contract> {
  const path = options.contract;
  if (path === undefined)
    throw new Failure("USAGE", {
      message: "name the contract that the rows must keep",
      mend: ["--contract contract.yaml"],
    });
  const { readContract } = await import("../../../schemas/contract/read-contract.ts");
  const text = await readFile(resolve(context.workingDirectory, path), "utf8").catch((cause: unknown) => {
    throw new Failure("FILE_MISSING", { where: path, message: "there is no contract here that can be read", cause });
  });
  return readContract(text, path);
}

export function whoOf(options: QuarantineOptions): string {
  if (options.by !== undefined) return options.by;
  try {
    return userInfo().username;
  } catch {
    return "unknown";
  }
}

import { readFile } from "node:fs/promises";
import { basename, resolve } from "node:path";
import type { CheckReader } from "../../../app/ports/check-reader.ts";
import type { Contract } from "../../../core/data-quality/contract.ts";
import { Failure } from "../../../core/failures.ts";
import type { CommandContext, SharedOptions } from "../context.ts";

export interface CheckOptions extends SharedOptions {
  readonly contract?: string;
  readonly reference?: string;
  readonly infer?: string | true;
  readonly label?: string;
  readonly key?: string;
  readonly time?: string;
  readonly quarantine?: string | true;
  readonly accepted?: string;
  readonly delimiter?: string;
  readonly now?: string;
  readonly junit?: string;
  readonly html?: string;
  readonly record?: boolean;
  readonly list?: boolean;
}

export async function contractOf(
  options: CheckOptions,
  reader: CheckReader,
  context: CommandContext,
  now: number,
): Promise<{ contract: Contract; text: string | null; file: string | null } | null> {
  if (options.contract !== undefined) {
    const { readContract } = await import("../../../schemas/contract/read-contract.ts");
    const text = await readFile(resolve(context.workingDirectory, options.contract), "utf8").catch((cause: unknown) => {
      throw new Failure("FILE_MISSING", {
        where: options.contract!,
        message: "there is no contract here that can be read",
        mend: ["umpire check REFERENCE --infer writes one"],
        cause,
      });
    });
    return { contract: readContract(text, options.contract), text, file: options.contract };
  }
  if (options.reference === undefined) return null;
  const { inferFromFile } = await import("../../../app/check/check-data.ts");
  const { contract } = await inferFromFile(options.reference, inferOptions(options, options.reference), reader, now);
  return { contract, text: null, file: null };
}

export function inferOptions(
  options: CheckOptions,
  path: string,
): { name: string; label?: string; key?: string[]; time?: string } {
  return {
    name: basename(path).replace(/\.(gz|csv|tsv|tab|txt|jsonl?|ndjson|parquet|pq)\b/gi, ""),
    ...(options.label === undefined ? {} : { label: options.label }),
    ...(options.key === undefined ? {} : { key: options.key.split(",").map((name) => name.trim()) }),
    ...(options.time === undefined ? {} : { time: options.time }),
  };
}

export function timeOf(text: string | undefined): number {
  if (text === undefined) return Date.now();
  const time = Date.parse(text);
  if (Number.isNaN(time))
    throw new Failure("USAGE", { message: `--now ${text} is no time`, mend: ["for example 2026-11-23T08:00:00Z"] });
  return time;
}

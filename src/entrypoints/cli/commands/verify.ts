import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { Command } from "commander";
import type { Difference } from "../../../app/judge/verify.ts";
import { Failure } from "../../../core/failures.ts";
import { withSharedOptions, type CommandContext, type ExitCode, type SharedOptions } from "../context.ts";
import { phasedProgress, type Terminal } from "../terminal.ts";

interface VerifyOptions extends SharedOptions {
  readonly fromData?: string | true;
}

/** Numbers recomputed from data agree within this relative difference: sums of many terms in another order. */
const TOLERANCE = 1e-9;

export function register(program: Command, context: CommandContext): void {
  const command = program
    .command("verify")
    .argument("<verdict>", "verdict.json, with evidence.bin beside it")
    .option("--from-data [policy]", "judge the data of the policy again and compare within a printed tolerance")
    .summary("recompute a verdict from its record")
    .description(
      "Recomputes a verdict from the evidence saved beside it and compares every field, bit for bit.\n\nExit codes: 0 the same, 1 different, 2 could not be recomputed.",
    )
    .addHelpText(
      "after",
      "\nExamples:\n  umpire verify .umpire/film-ranker/verdict.json\n  umpire verify .umpire/film-ranker/verdict.json --from-data umpire.yaml",
    );
  withSharedOptions(command).action(
    context.action<VerifyOptions>(async (terminal, options, [path = ""]) => {
      const file = resolve(context.workingDirectory, path);
      const verdict = parseVerdict(await readOrFail(file, path), path);
      const { differences, method } =
        options.fromData === undefined
          ? await fromEvidence(file, path, verdict)
          : await fromData(verdict, options.fromData, terminal, context);
      return answer(terminal, path, differences, method);
    }),
  );
}

interface Compared {
  readonly differences: readonly Difference[];
  readonly method: string;
}

async function fromEvidence(file: string, path: string, verdict: unknown): Promise<Compared> {
  const { verifyVerdict } = await import("../../../app/judge/verify.ts");
  const evidencePath = join(dirname(file), "evidence.bin");
  const shown = join(dirname(path), "evidence.bin");
  const { differences } = verifyVerdict(verdict, await readOrFail(evidencePath, shown), shown);
  return { differences, method: "bit for bit, from evidence.bin" };
}

async function fromData(
  verdict: unknown,
  policyPath: string | true,
  terminal: Terminal,
  context: CommandContext,
): Promise<Compared> {
  const [{ readPolicy }, { judge }, { judgeTools }, { compareDocuments }] = await Promise.all([
    import("../../../app/judge/read-policy.ts"),
    import("../../../app/judge/judge.ts"),
    import("../../../composition/judge-tools.ts"),
    import("../../../app/judge/verify.ts"),
  ]);
  const policy = await readPolicy(policyPath === true ? "umpire.yaml" : policyPath, context.workingDirectory);
  const progress = phasedProgress(terminal);
  const tools = await judgeTools(progress.update, context.signal);
  try {
    const judgement = await judge({ parsed: policy.parsed, resolvePath: policy.resolvePath }, tools);
    const again = JSON.parse(JSON.stringify(judgement.verdict)) as unknown;
    const close = (a: number, b: number): boolean =>
      Math.abs(a - b) <= TOLERANCE * Math.max(1, Math.abs(a), Math.abs(b));
    return {
      differences: compareDocuments(verdict, again, close),
      method: `from the data again, numbers within ${TOLERANCE}`,
    };
  } finally {
    progress.done();
    await tools.close();
  }
}

function answer(terminal: Terminal, path: string, differences: readonly Difference[], method: string): ExitCode {
  const same = differences.length === 0;
  terminal.document({ schema: "umpire.verification/1", same, method, differences });
  if (same) {
    terminal.print(` ✓ ${path} is what its record gives (${method})`);
    return 0;
  }
  terminal.print(` ✗ ${path} is not what its record gives (${method})\n\n`);
  for (const { path: where, recorded, recomputed } of differences) {
    terminal.print(`   ${where}: recorded ${JSON.stringify(recorded)}, recomputed ${JSON.stringify(recomputed)}`);
  }
  return 1;
}

async function readOrFail(file: string, shown: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (cause) {
    const mend = ["umpire judge writes verdict.json and evidence.bin side by side; keep them together"];
    throw new Failure("FILE_MISSING", { where: shown, message: "there is no file here that can be read", mend, cause });
  }
}

function parseVerdict(bytes: Uint8Array, where: string): unknown {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if ((value as { schema?: unknown } | null)?.schema === "umpire.verdict/1") return value;
  } catch {
    // Told below, as for a document of another kind.
  }
  const mend = ["umpire judge writes verdict.json"];
  throw new Failure("RECORD", { where, message: "this is not a verdict of Umpire (schema umpire.verdict/1)", mend });
}

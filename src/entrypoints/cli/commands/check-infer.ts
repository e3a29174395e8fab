import { writeFile } from "node:fs/promises";
import { basename, resolve } from "node:path";
import type { CheckReader } from "../../../app/ports/check-reader.ts";
import { Failure } from "../../../core/failures.ts";
import type { CommandContext, ExitCode } from "../context.ts";
import type { Terminal } from "../terminal.ts";
import { type CheckOptions, inferOptions, timeOf } from "./check-options.ts";

/** `umpire check DATA --infer`: a contract from a file that is trusted. */
export async function infer(
  terminal: Terminal,
  options: CheckOptions,
  data: readonly string[],
  reader: CheckReader,
  context: CommandContext,
): Promise<ExitCode> {
  const [{ inferFromFile }, { writeContract }] = await Promise.all([
    import("../../../app/check/check-data.ts"),
    import("../../../schemas/contract/write-contract.ts"),
  ]);
  const [reference, ...others] = await reader.expand(data);
  if (others.length > 0)
    throw new Failure("USAGE", {
      message: "a contract is inferred from one file",
      mend: [`umpire check ${reference} --infer`],
    });
  const { contract, result } = await inferFromFile(
    reference!,
    inferOptions(options, reference!),
    reader,
    timeOf(options.now),
  );
  const target = options.infer === true || options.infer === undefined ? "contract.yaml" : options.infer;
  const text = writeContract(
    contract,
    `What ${contract.name} must look like; inferred by Umpire from ${basename(reference!)}, ${result.rows.read.toLocaleString("en-US")} rows.`,
  );
  const path = resolve(context.workingDirectory, target);
  await writeFile(path, text, { flag: "wx" }).catch((cause: NodeJS.ErrnoException) => {
    const taken = cause.code === "EEXIST";
    throw new Failure("WRITE", {
      where: target,
      message: taken ? "there is a file already" : "the file cannot be written",
      mend: taken ? ["name another: --infer new-contract.yaml"] : [],
      cause,
    });
  });
  const worst = result.findings.filter((entry) => entry.severity !== "info");
  terminal.document({
    schema: "umpire.contract/1",
    file: target,
    contract: contract.name,
    columns: contract.columns.length,
    key: contract.key,
    label: contract.label,
    time: contract.time?.column ?? null,
    findings: result.findings,
  });
  const { printable } = await import("../../../core/data-quality/printable.ts");
  const doubts = worst.map((entry) => ` ! the reference itself: ${printable(entry.message)}`);
  const roles = `key ${contract.key.join(" + ") || "none found (--key)"} · label ${contract.label ?? "none found (--label)"} · time ${contract.time?.column ?? "none found (--time)"}`;
  terminal.print(
    [
      ` ${target} · ${contract.columns.length} columns from ${result.rows.read.toLocaleString("en-US")} rows`,
      "",
      ` ${printable(roles)}`,
      ...doubts,
      "",
      ` next         umpire check NEW_DATA --contract ${target}`,
    ].join("\n"),
  );
  return 0;
}

/** `umpire check --list`. */
export async function listChecks(terminal: Terminal): Promise<ExitCode> {
  const { checks } = await import("../../../core/data-quality/catalog.ts");
  terminal.document(checks.map(({ name, group, severity, says }) => ({ name, group, severity, says })));
  for (const { name, severity, says } of checks) terminal.print(` ${name.padEnd(20)} ${severity.padEnd(8)} ${says}`);
  return 0;
}

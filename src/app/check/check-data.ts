import type { CheckDocument, CheckRows } from "../../core/data-quality/check-document.ts";
import { type CheckFinding, finding, outcomeOf, sortFindings } from "../../core/data-quality/check-finding.ts";
import { type Contract, severityFor } from "../../core/data-quality/contract.ts";
import { inferContract } from "../../core/data-quality/infer-contract.ts";
import { learnUsual, type Usual } from "../../core/data-quality/usual.ts";
import { Failure } from "../../core/failures.ts";
import { nearest } from "../../core/nearest.ts";
import { sha256Hex } from "../../core/hash/sha256.ts";
import type { CheckReader } from "../ports/check-reader.ts";
import type { Load, LoadHistory } from "../ports/load-history.ts";
import type { QuarantineStore } from "../ports/quarantine-store.ts";
import { checkFile, type FileCheckResult } from "./check-file.ts";
import { type AcceptedWriter, quarantineSink } from "./quarantine-sink.ts";

export interface CheckTools {
  readonly reader: CheckReader;
  readonly quarantine: QuarantineStore | null;
  readonly history: LoadHistory | null;
  readonly accepted: AcceptedWriter | null;
  readonly signal: AbortSignal;
  readonly progress: (file: string, done: number, total: number) => void;
}

export interface CheckRequest {
  readonly inputs: readonly string[];
  readonly contract: Contract | null;
  readonly contractText: string | null;
  /** Milliseconds since 1970; for freshness, the future and the season. */
  readonly now: number;
  readonly delimiter: string | null;
}

export interface CheckedData {
  readonly document: CheckDocument;
  readonly results: readonly FileCheckResult[];
  /** Folder or file of the quarantine run of each file that left one. */
  readonly runs: readonly string[];
}

/** Checks files one after another; each is accepted, parted from its bad rows, or refused as a whole. */
export async function checkData(request: CheckRequest, tools: CheckTools): Promise<CheckedData> {
  const { contract } = request;
  const files = await tools.reader.expand(request.inputs);
  const results: FileCheckResult[] = [];
  const fingerprints: string[] = [];
  const runs: string[] = [];
  for (const path of files) {
    const loads = contract === null || tools.history === null ? [] : await tools.history.read(contract.name);
    const usual: Usual | null =
      loads.length === 0
        ? null
        : learnUsual(
            loads.map(({ at, rows }) => ({ at, rows })),
            request.now,
          );
    const file = await tools.reader.open(path, {
      delimiter: request.delimiter ?? contract?.file.delimiter ?? null,
      signal: tools.signal,
      onProgress: (done, total) => tools.progress(path, done, total),
    });
    const sink = await quarantineSink(file, contract, tools);
    let result: FileCheckResult;
    try {
      result = await checkFile(file, { contract, usual, now: request.now, ...(sink === null ? {} : { sink }) });
    } catch (error) {
      await sink?.abandon();
      throw error;
    }
    const fingerprint = await file.fingerprint();
    result = withRepeat(result, loads, fingerprint, contract);
    const run = await sink?.finish(result, fingerprint, request.now);
    if (run !== undefined && run !== null) runs.push(run);
    if (contract !== null && tools.history !== null && !result.refused && result.rows.accepted > 0) {
      await tools.history.append(contract.name, loadOf(result, fingerprint, request));
    }
    results.push(result);
    fingerprints.push(fingerprint);
  }
  return { document: documentOf(results, fingerprints, request), results, runs };
}

function withRepeat(
  result: FileCheckResult,
  loads: readonly Load[],
  fingerprint: string,
  contract: Contract | null,
): FileCheckResult {
  const before = loads.find((load) => load.fingerprint === fingerprint && load.file !== result.file);
  const severity = severityFor("already-loaded", "info", contract, null);
  if (before === undefined || severity === "off") return result;
  const repeat = finding({
    check: "already-loaded",
    severity,
    message: `the same bytes were accepted before as ${before.file} on ${new Date(before.at).toISOString().slice(0, 10)}`,
  });
  const findings = sortFindings([...result.findings, repeat]);
  return { ...result, findings, outcome: outcomeOf(findings), refused: result.refused };
}

function loadOf(result: FileCheckResult, fingerprint: string, request: CheckRequest): Load {
  const { facts } = result;
  const reference =
    facts === null
      ? null
      : inferContract(facts, {
          name: request.contract!.name,
          label: request.contract!.label,
          key: request.contract!.key,
        });
  const time = request.contract!.time?.column;
  return {
    at: request.now,
    file: result.file,
    fingerprint,
    contractVersion: request.contract!.version,
    contractFingerprint: request.contractText === null ? null : sha256Hex(request.contractText),
    outcome: result.outcome,
    rows: result.rows.read,
    accepted: result.rows.accepted,
    quarantined: result.rows.quarantined,
    newest: facts?.columns.find((column) => column.name === time)?.numbers?.max ?? null,
    columns: reference?.columns.map((column) => ({ name: column.name, type: column.type, ...column.reference! })) ?? [],
  };
}

function documentOf(
  results: readonly FileCheckResult[],
  fingerprints: readonly string[],
  request: CheckRequest,
): CheckDocument {
  const several = results.length > 1;
  const findings = sortFindings(
    results.flatMap((result) =>
      result.findings.map((entry): CheckFinding & { file?: string } =>
        several ? { ...entry, file: result.file } : entry,
      ),
    ),
  );
  const sum = (field: keyof CheckRows): number => results.reduce((total, result) => total + result.rows[field], 0);
  return {
    schema: "umpire.check/1",
    outcome: outcomeOf(findings),
    rows: { read: sum("read"), accepted: sum("accepted"), quarantined: sum("quarantined") },
    findings,
    files: results.map(({ file, outcome, refused, rows }, i) => ({
      file,
      outcome,
      refused,
      rows,
      fingerprint: fingerprints[i]!,
    })),
    contract:
      request.contract === null
        ? null
        : {
            name: request.contract.name,
            version: request.contract.version,
            fingerprint: sha256Hex(request.contractText ?? JSON.stringify(request.contract)),
          },
  };
}

/**
 * A contract from a reference file.
 * @throws Failure DATA where the reference itself cannot be read or is refused
 */
export async function inferFromFile(
  path: string,
  options: {
    readonly name: string;
    readonly label?: string | null;
    readonly key?: readonly string[] | null;
    readonly time?: string | null;
  },
  reader: CheckReader,
  now: number,
): Promise<{ contract: Contract; result: FileCheckResult }> {
  const file = await reader.open(path);
  const result = await checkFile(file, { contract: null, usual: null, now });
  const worst = result.findings.find((entry) => entry.severity === "error");
  if (result.facts === null || result.facts.rows === 0) {
    throw new Failure("DATA", {
      where: path,
      message: `no contract can be taken from this file: ${worst?.message ?? "it has no rows"}`,
    });
  }
  const names = result.facts.columns.map((column) => column.name);
  for (const name of [options.label, options.time, ...(options.key ?? [])]) {
    if (name === null || name === undefined || names.includes(name)) continue;
    const near = nearest(name, names);
    throw new Failure("COLUMN_MISSING", {
      where: path,
      message: `there is no column "${name}"`,
      mend: [near.length > 0 ? `nearest: ${near.join(", ")}` : `columns: ${names.slice(0, 20).join(", ")}`],
    });
  }
  return { contract: inferContract(result.facts, options), result };
}

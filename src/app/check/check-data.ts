import type { CheckDocument, CheckRows } from "../../core/data-quality/check-document.ts";
import { type CheckFinding, finding, outcomeOf, sortFindings } from "../../core/data-quality/check-finding.ts";
import { type Contract, severityFor } from "../../core/data-quality/contract.ts";
import { inferContract } from "../../core/data-quality/infer-contract.ts";
import { timeRange } from "../../core/data-quality/checks/time.ts";
import { learnUsual, loadsToCompare, type Usual } from "../../core/data-quality/usual.ts";
import { eventAt } from "../../core/drift/events.ts";
import { Failure } from "../../core/failures.ts";
import { nearest } from "../../core/nearest.ts";
import { sha256Hex } from "../../core/hash/sha256.ts";
import type { Frame } from "../../core/profile/frame.ts";
import type { Profile } from "../../core/profile/profile.ts";
import type { CheckReader } from "../ports/check-reader.ts";
import type { Load, LoadHistory } from "../ports/load-history.ts";
import type { QuarantineStore } from "../ports/quarantine-store.ts";
import { checkFile, type FileCheckResult } from "./check-file.ts";
import { createLoadProfiler, frameFits, kindsFit, loadFrame } from "./load-profiler.ts";
import { type AcceptedWriter, quarantineSink } from "./quarantine-sink.ts";

export interface CheckTools {
  readonly reader: CheckReader;
  readonly quarantine: QuarantineStore | null;
  /** Earlier loads, from which the usual is learnt; null for none. */
  readonly history: LoadHistory | null;
  /** Whether accepted files are remembered there. */
  readonly record: boolean;
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
    const { usual, frame } = await learnFrom(loads, contract, tools.history, request.now);
    const file = await tools.reader.open(path, {
      delimiter: request.delimiter ?? contract?.file.delimiter ?? null,
      signal: tools.signal,
      onProgress: (done, total) => tools.progress(path, done, total),
    });
    const sink = await quarantineSink(file, contract, tools);
    const profiler = frame === null ? null : createLoadProfiler(frame, contract!);
    let result: FileCheckResult;
    try {
      result = await checkFile(file, {
        contract,
        usual,
        now: request.now,
        profiler,
        ...(sink === null ? {} : { sink }),
      });
    } catch (error) {
      await sink?.abandon();
      throw error;
    }
    const fingerprint = await file.fingerprint();
    result = withRepeat(result, loads, fingerprint, contract);
    const run = await sink?.finish(result, fingerprint, request.now);
    if (run !== undefined && run !== null) runs.push(run);
    if (contract !== null && tools.history !== null && tools.record && !result.refused && result.rows.accepted > 0) {
      const profile = await profileOf(result, contract, tools);
      const load = loadOf(result, fingerprint, profile, request);
      await tools.history.append(contract.name, load, profile, contract.time?.column ?? null);
    }
    results.push(result);
    fingerprints.push(fingerprint);
  }
  return { document: documentOf(results, fingerprints, request), results, runs };
}

/** What is usual among the loads so far outside of announced events, and the frame that they count on. */
async function learnFrom(
  all: readonly Load[],
  contract: Contract | null,
  history: LoadHistory | null,
  now: number,
): Promise<{ usual: Usual | null; frame: Frame | null }> {
  if (contract === null || history === null || all.length === 0) return { usual: null, frame: null };
  const loads = all.filter(
    ({ at, newest }) => eventAt(contract.expected ?? [], newest ?? at, (newest ?? at) + 1) === null,
  );
  const learned = learnUsual(loads, now);
  const id = all.findLast((load) => (load.frame ?? null) !== null)?.frame ?? null;
  const frame = id === null ? null : await history.frame(contract.name, id);
  // Where a column's type was changed, this load begins a new frame.
  if (frame === null || !kindsFit(frame, contract)) return { usual: learned, frame: null };
  const like = loadsToCompare(
    loads.filter((load) => load.frame === frame.id),
    now,
  );
  if (like === null) return { usual: learned, frame };
  const profiles = await history.profiles(contract.name, frame, like.loads);
  return { usual: { ...learned, profiles, profilesSay: like.says }, frame };
}

/** The profile of an accepted file; the first load, and one with new columns, is read once more to be counted on a new frame. */
async function profileOf(result: FileCheckResult, contract: Contract, tools: CheckTools): Promise<Profile | null> {
  const { facts, profile } = result;
  if (facts === null) return null;
  const present = facts.columns.map((column) => column.name);
  if (profile !== null && frameFits(profile.frame, contract, present)) return profile;
  const profiler = createLoadProfiler(loadFrame(contract, facts), contract);
  const file = await tools.reader.open(result.file, {
    delimiter: facts.source.delimiter,
    signal: tools.signal,
    onProgress: (done, total) => tools.progress(result.file, done, total),
  });
  return (await checkFile(file, { contract, usual: null, now: null, profiler })).profile;
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

function loadOf(result: FileCheckResult, fingerprint: string, profile: Profile | null, request: CheckRequest): Load {
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
  const times = facts === null || time === undefined ? null : timeRange(facts, time);
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
    oldest: times?.oldest ?? null,
    newest: times?.newest ?? null,
    columns: reference?.columns.map((column) => ({ name: column.name, type: column.type, ...column.reference! })) ?? [],
    frame: profile?.frame.id ?? null,
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
  return { contract: inferContract(result.facts, { ...options, now }), result };
}

import { join } from "node:path";
import { Failure } from "../../../core/failures.ts";
import type { Artifact } from "../../../core/registry/registry-entries.ts";
import type { RetrainingRecord } from "../../../core/retraining/run-record.ts";
import type { ApiClient } from "./api-client.ts";

/** A registered version, with the record of the run that made it. */
export interface RecordedVersion {
  readonly model: string;
  readonly version: string;
  readonly artifact: Artifact;
  readonly record: RetrainingRecord;
}

interface VersionView {
  readonly version: string;
  readonly artifact: Artifact;
  readonly configuration: { readonly run: string | null };
}

interface RetrainingView {
  readonly run: string;
  readonly record: string | null;
  readonly final: { readonly version: string; readonly record?: string } | null;
}

/** @throws Failure NOT_FOUND where no run of the server's made the version, and what the server says */
export async function recordedVersion(api: ApiClient, model: string, name: string): Promise<RecordedVersion> {
  const path = `/v1/models/${encodeURIComponent(model)}`;
  const { version, artifact, configuration } = await api.get<VersionView>(
    `${path}/versions/${encodeURIComponent(name)}`,
  );
  const runs = await api.all<RetrainingView>(`${path}/retrainings`, "retrainings");
  const digest = digestOf(runs, configuration.run, version);
  if (digest === null) {
    throw new Failure("NOT_FOUND", {
      message: `no retraining of the server made version ${version} of "${model}", so there is no record to run again`,
      mend: ["of a run of your own: umpire reproduce .umpire/MODEL/runs/RUN/retraining.json"],
    });
  }
  return { model, version, artifact, record: await api.get<RetrainingRecord>(`/v1/artifacts/${digest}`) };
}

function digestOf(runs: readonly RetrainingView[], run: string | null, version: string): string | null {
  for (const one of runs) {
    if (one.final?.version === version && run === `${one.run}-final`) return one.final.record ?? null;
    if (one.run === run) return one.record;
  }
  return null;
}

/** The version's own file, from the server, in a folder. @returns its path; null where it is no file */
export async function downloadVersion(
  api: ApiClient,
  { artifact }: RecordedVersion,
  folder: string,
): Promise<string | null> {
  if (artifact.kind !== "onnx" && artifact.kind !== "file") return null;
  const path = join(folder, `was-${artifact.digest.slice(0, 12)}.onnx`);
  await api.download(artifact.digest, path);
  return path;
}

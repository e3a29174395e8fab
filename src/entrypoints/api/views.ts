import type { z } from "zod";
import { aliasesOf } from "../../app/registry/models.ts";
import { routingState } from "../../app/registry/routing.ts";
import type { StateReader, StoredDocument } from "../../app/ports/control-store.ts";
import type {
  DatasetEntry,
  ModelEntry,
  RoutingEntry,
  VerdictEntry,
  VersionEntry,
} from "../../core/registry/registry-entries.ts";
import type { AuditEntry } from "../../core/audit/audit-chain.ts";
import { conditionDocument } from "../../core/slices/condition-document.ts";
import { versionsOf } from "../../core/serving/routing-state.ts";
import type {
  datasetViewSchema,
  modelViewSchema,
  verdictViewSchema,
  versionViewSchema,
} from "../../schemas/api/registry-schemas.ts";
import type { auditEntrySchema } from "../../schemas/api/server-schemas.ts";
import type { routingViewSchema } from "../../schemas/api/routing-schemas.ts";

/** A moment as RFC 3339, in UTC. */
export function timeText(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

/** A copy that may be given to a schema: the state itself is read-only. */
export function copied<T>(value: unknown): T {
  return structuredClone(value) as T;
}

export async function modelView(
  state: StateReader,
  document: StoredDocument<ModelEntry>,
): Promise<z.infer<typeof modelViewSchema>> {
  const { body, revision } = document;
  const versions = await state.list("version", { parent: body.name });
  const aliases = await aliasesOf(state, body.name);
  return copied({ ...body, aliases, versions: versions.length, created: timeText(body.created), revision });
}

export async function versionView(
  state: StateReader,
  document: StoredDocument<VersionEntry>,
): Promise<z.infer<typeof versionViewSchema>> {
  const { body, digest, id } = document;
  const aliases = Object.entries(await aliasesOf(state, body.model));
  const verdicts = await state.list("verdict", { parent: id });
  const routing = (await routingState(state)).models[body.model];
  return copied({
    ...body,
    aliases: aliases.filter(([, version]) => version === body.version).map(([alias]) => alias),
    verdicts: verdicts.length,
    live: routing !== undefined && versionsOf(routing).includes(body.version),
    created: timeText(body.created),
    digest,
  });
}

export function datasetView({ body }: StoredDocument<DatasetEntry>): z.infer<typeof datasetViewSchema> {
  return copied({ ...body, created: timeText(body.created) });
}

export function verdictView({ body }: StoredDocument<VerdictEntry>): z.infer<typeof verdictViewSchema> {
  return copied({ ...body, created: timeText(body.created) });
}

export function routingView({ body, time }: StoredDocument<RoutingEntry>): z.infer<typeof routingViewSchema> {
  const cohorts = body.routing.cohorts.map(({ where, ...cohort }) => ({
    ...cohort,
    where: where === null ? null : conditionDocument(where),
  }));
  return copied({ ...body, routing: { ...body.routing, cohorts }, from: timeText(time) });
}

export function auditView({ time, detail, ...entry }: AuditEntry): z.infer<typeof auditEntrySchema> {
  return { ...entry, time: timeText(time), detail: JSON.parse(detail) as z.infer<typeof auditEntrySchema>["detail"] };
}

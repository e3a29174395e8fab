import type { ModelEntry } from "../../core/registry/registry-entries.ts";
import type { SeenGateway } from "../control/gateway-desk.ts";
import type { StateReader } from "../ports/control-store.ts";
import { aliasesOf } from "./models.ts";
import { routingHistory, routingState } from "./routing.ts";

export interface ServerStatus {
  readonly revision: number;
  readonly changes: number;
  readonly models: readonly ModelStatus[];
  readonly gateways: readonly GatewayStatus[];
}

export interface ModelStatus {
  readonly name: string;
  readonly champion: string | null;
  readonly challenger: string | null;
  readonly versions: number;
  readonly since: number | null;
  readonly reason: string | null;
  readonly by: string | null;
  readonly cohorts: readonly { readonly name: string; readonly arms: readonly { version: string; share: number }[] }[];
}

export interface GatewayStatus {
  readonly id: string;
  readonly revision: number;
  readonly agrees: boolean;
  readonly seen: number;
  readonly problem: string | null;
}

/** A gateway asks at least every 25 seconds. */
const SILENT_AFTER = 60_000;

/** Everything live in one look. */
export async function serverStatus(state: StateReader, seen: readonly SeenGateway[]): Promise<ServerStatus> {
  const { revision, models: live } = await routingState(state);
  const models: ModelStatus[] = [];
  for (const { body } of await state.list<ModelEntry>("model")) {
    const aliases = await aliasesOf(state, body.name);
    const [latest] = await routingHistory(state, body.name, 1);
    models.push({
      name: body.name,
      champion: live[body.name]?.champion ?? aliases["champion"] ?? null,
      challenger: aliases["challenger"] ?? null,
      versions: (await state.list("version", { parent: body.name })).length,
      since: latest?.time ?? null,
      reason: latest?.body.reason ?? null,
      by: latest?.body.by ?? null,
      cohorts: (live[body.name]?.cohorts ?? []).map(({ name, arms }) => ({ name, arms: [...arms] })),
    });
  }
  const gateways = seen.map((gateway) => ({
    id: gateway.id,
    revision: gateway.revision,
    agrees: gateway.revision === revision && gateway.problems.length === 0 && gateway.silent < SILENT_AFTER,
    seen: gateway.seen,
    problem: gateway.silent < SILENT_AFTER ? (gateway.problems[0] ?? null) : "has not been heard of for a minute",
  }));
  return { revision, changes: (await state.auditHead()).sequence, models, gateways };
}

import { Failure } from "../../core/failures.ts";
import type { GatewayRollback, SettledRollback } from "../../core/registry/gateway-orders.ts";
import type { Actor, ControlStore, StateReader, StateWriter } from "../ports/control-store.ts";
import { routingHistory } from "../registry/routing.ts";
import type { RollbackWish, RolledBack } from "./roll-back.ts";

/** What a gateway's rollback became here, kept so that it is done once however often it is reported. */
interface TakenRollback extends GatewayRollback {
  readonly gateway: string;
  readonly overruled: string | null;
}

export interface Settlement extends SettledRollback {
  /** False: it was reported, and settled, before. */
  readonly isNew: boolean;
}

export interface Taking {
  readonly store: ControlStore;
  /** Who decides where no person does: its steps never overrule a person's brake. */
  readonly machine: string;
  readonly rollBack: (state: StateWriter, wish: RollbackWish, by: Actor) => Promise<RolledBack>;
}

/**
 * Takes over what people rolled back at a gateway while this server could not be asked, in one transaction with the
 * trail. A rollback at a gateway holds for every gateway; the steps that a release took meanwhile by itself do not count
 * against it. Where a person changed the model's routing here after what the gateway had seen, that is the newer word:
 * the gateway's is written down as overruled.
 * @returns what is settled, and sentences on what could not be: that stands at the gateway
 */
export async function takeGatewayRollbacks(
  taking: Taking,
  gateway: string,
  reported: readonly GatewayRollback[],
  by: Actor,
): Promise<{ readonly settled: readonly Settlement[]; readonly problems: readonly string[] }> {
  const settled: Settlement[] = [];
  const problems: string[] = [];
  for (const rollback of reported) {
    const id = `${gateway}/${rollback.id}`;
    const known = await taking.store.read((state) => state.get<TakenRollback>("gateway-rollback", id));
    if (known !== null) {
      settled.push({ id: rollback.id, overruled: known.body.overruled, isNew: false });
      continue;
    }
    try {
      const overruled = await taking.store.change(by, (state) => take(taking, state, gateway, rollback, by));
      settled.push({ id: rollback.id, overruled, isNew: true });
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      const { model, to } = rollback;
      problems.push(`${model} was rolled back to ${to} at this gateway, which the server cannot do: ${error.message}`);
    }
  }
  return { settled, problems };
}

async function take(
  taking: Taking,
  state: StateWriter,
  gateway: string,
  rollback: GatewayRollback,
  by: Actor,
): Promise<string | null> {
  const { model, cohort, to } = rollback;
  const reason = `${rollback.reason} (${rollback.by}, at gateway ${gateway})`;
  const overruled = await newerWord(taking, state, rollback);
  if (overruled === null) await taking.rollBack(state, { model, cohort, to, reason }, by);
  await state.put<TakenRollback>({
    kind: "gateway-rollback",
    id: `${gateway}/${rollback.id}`,
    parent: model,
    body: { ...rollback, gateway, overruled },
    action: overruled === null ? "rollback.at-gateway" : "rollback.overruled",
    detail: { reason: overruled ?? reason, model, cohort, version: to, gateway, by: rollback.by, at: rollback.at },
    expected: 0,
  });
  return overruled;
}

/** What a person said of the model here after what the gateway had seen; null where nothing, or the same. */
async function newerWord(taking: Taking, state: StateReader, rollback: GatewayRollback): Promise<string | null> {
  const { model, cohort, to, revision } = rollback;
  const since = (await routingHistory(state, model, 1000)).filter(({ body }) => body.revision > revision);
  const word = since.find(({ body }) => body.by !== taking.machine)?.body;
  if (word === undefined) return null;
  if (cohort === null && word.routing.champion === to && word.routing.cohorts.every(({ arms }) => arms.length === 0)) {
    return null;
  }
  return `the rollback of ${model} to ${to} made here is overruled: ${word.by} changed it at the server since (${word.reason})`;
}

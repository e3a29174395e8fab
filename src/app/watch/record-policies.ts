import { sha256Hex } from "../../core/hash/sha256.ts";
import type { Actor, ControlStore } from "../ports/control-store.ts";
import type { WatchedModel } from "./watched-model.ts";

/** Which policy a server works by. Its text stays where it is: addresses of webhooks in it are secrets. */
export interface PolicyEntry {
  readonly model: string;
  /** File name without folders. */
  readonly file: string;
  readonly sha256: string;
}

const SERVER: Actor = { name: "server", role: "system" };

/** Writes down which policies hold from now on, and which no longer do; nothing where all are as they were. */
export async function recordPolicies(
  store: ControlStore,
  models: readonly Pick<WatchedModel, "model" | "onDisk">[],
): Promise<void> {
  await store.change(SERVER, async (state) => {
    const held = new Set(models.map(({ model }) => model));
    for (const { id } of await state.list<PolicyEntry>("policy")) {
      if (!held.has(id))
        await state.delete("policy", id, { action: "policy.end", detail: { reason: "no longer given" } });
    }
    for (const { model, onDisk } of models) {
      const body: PolicyEntry = { model, file: onDisk.name, sha256: sha256Hex(onDisk.text) };
      const before = await state.get<PolicyEntry>("policy", model);
      if (before?.body.sha256 === body.sha256) continue;
      const reason = `${body.file}, SHA-256 ${body.sha256.slice(0, 16)}`;
      await state.put({ kind: "policy", id: model, body, action: "policy.use", detail: { reason } });
    }
  });
}

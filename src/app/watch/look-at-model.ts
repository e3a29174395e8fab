import type { AlertCenter } from "../alerts/alert-center.ts";
import type { BackgroundWork } from "../ports/background-work.ts";
import type { Actor } from "../ports/control-store.ts";
import type { ControlPlane } from "../registry/control-plane.ts";
import type { LookEntry } from "./look-entry.ts";
import { liveVersion } from "./watched-columns.ts";

const MONITORS: Actor = { name: "monitors", role: "system" };

/** Looks at the log of a model, keeps what was found, and tells the alarms of it and of what is over. */
export async function lookAtModel(
  model: string,
  { plane, alerts, work }: { plane: ControlPlane; alerts: AlertCenter; work: BackgroundWork },
): Promise<LookEntry> {
  const last = await plane.store.read((state) => state.get<LookEntry>("look", model));
  const now = plane.clock.now();
  const live = await liveVersion(model, plane);
  const { signals, quiet, ...look } = await work.look({ model, last: last?.body ?? null, live, now });
  // A look without enough data says nothing: it does not end what an earlier one found.
  const lasting = signals.map((signal) => ({ ...signal, lasts: true }));
  await alerts.signal(MONITORS, lasting);
  const firing = (await alerts.list()).filter(({ state }) => state === "firing").map(({ key }) => key);
  for (const key of quiet) if (firing.includes(key)) await alerts.resolve(MONITORS, key);
  const entry: LookEntry = { model, at: now, ...look };
  await plane.store.change(MONITORS, (state) =>
    state.put({ kind: "look", id: model, parent: model, body: entry, action: "monitors.look" }),
  );
  return entry;
}

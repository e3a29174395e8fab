import { RolloutControl, type RolloutTools } from "../app/rollout/rollout-control.ts";
import type { ControlPlane } from "../app/registry/control-plane.ts";

export interface OpenRollouts {
  readonly control: RolloutControl;
  /** From now on running rollouts are looked at every few seconds. */
  begin(): void;
  /** Ends the looks; one that is under way is finished first. */
  close(): Promise<void>;
}

/** How often running rollouts are looked at. */
const LOOK_EVERY = 5000;

/**
 * The rollouts of a server.
 * @param predictions folder of the gateways' log
 */
export async function openRollouts(
  plane: ControlPlane,
  predictions: string,
  tell: RolloutTools["tell"],
  onBug: (error: unknown) => void,
  lookEvery = LOOK_EVERY,
): Promise<OpenRollouts> {
  const { createRolloutEvidence } = await import("../adapters/prediction-log/rollout-evidence.ts");
  const control = new RolloutControl({
    plane,
    evidence: createRolloutEvidence(predictions),
    tell,
  });
  let looking: Promise<void> = Promise.resolve();
  let busy = false;
  let timer: NodeJS.Timeout | undefined;
  const look = (): void => {
    if (busy) return;
    busy = true;
    looking = control
      .tick()
      .catch(onBug)
      .finally(() => {
        busy = false;
      });
  };
  return {
    control,
    begin: () => {
      timer = setInterval(look, lookEvery);
    },
    close: async () => {
      clearInterval(timer);
      await looking;
    },
  };
}

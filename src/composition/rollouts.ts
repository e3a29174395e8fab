import type { AnswerFinder } from "../app/ports/answer-finder.ts";
import { RolloutControl, type RolloutTools } from "../app/rollout/rollout-control.ts";
import type { ControlPlane } from "../app/registry/control-plane.ts";

export interface OpenRollouts {
  readonly control: RolloutControl;
  /** From now on running rollouts are looked at, every second while that is little work, else every few seconds. */
  begin(): void;
  /** Ends the looks; one that is under way is finished first. */
  close(): Promise<void>;
}

/** Looks take at most a fifth of the time, as long as that leaves one every five seconds. */
const PAUSE_PER_WORK = 4;
const SHORTEST_PAUSE = 1000;
const LONGEST_PAUSE = 5000;

/** Looks for answers in the gateways' log. */
export async function openAnswerFinder(predictions: string): Promise<AnswerFinder> {
  const { createAnswerFinder } = await import("../adapters/prediction-log/find-answers.ts");
  return createAnswerFinder(predictions);
}

/**
 * The rollouts of a server.
 * @param predictions folder of the gateways' log
 */
export async function openRollouts(
  plane: ControlPlane,
  predictions: string,
  tell: RolloutTools["tell"],
  onBug: (error: unknown) => void,
): Promise<OpenRollouts> {
  const { createRolloutEvidence } = await import("../adapters/prediction-log/rollout-evidence.ts");
  const control = new RolloutControl({
    plane,
    evidence: createRolloutEvidence(predictions),
    tell,
  });
  let looking: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  const lookAfter = (pause: number): void => {
    timer = setTimeout(() => {
      looking = look();
    }, pause);
  };
  const look = async (): Promise<void> => {
    const started = performance.now();
    await control.tick().catch(onBug);
    const work = performance.now() - started;
    if (!closed) lookAfter(Math.min(LONGEST_PAUSE, Math.max(SHORTEST_PAUSE, PAUSE_PER_WORK * work)));
  };
  return {
    control,
    begin: () => lookAfter(SHORTEST_PAUSE),
    close: async () => {
      closed = true;
      clearTimeout(timer);
      await looking;
    },
  };
}

import type { FlightReplay } from "./flight-replay.ts";
import type { CommandAnswer, LiveSystem } from "./live-system.ts";

/** What a scene can use. */
export interface Stage {
  readonly system: LiveSystem;
  readonly replay: FlightReplay;
  readonly signal: AbortSignal;
  /** Says a line of the scene. */
  say(text: string): void;
  /** A file of the demo's folder, as the user would type it. */
  path(name: string): string;
  /** Runs a command and shows it. */
  run(args: readonly string[]): Promise<CommandAnswer>;
  /** What the training script reads. */
  recipe(value: { readonly history: boolean }): Promise<void>;
}

import type { ArtifactStore } from "../ports/artifact-store.ts";
import type { Clock } from "../ports/clock.ts";
import type { ControlStore } from "../ports/control-store.ts";

/** What the use cases of the server work with. */
export interface ControlPlane {
  readonly store: ControlStore;
  readonly artifacts: ArtifactStore;
  readonly clock: Clock;
}

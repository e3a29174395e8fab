import type { OnnxArtifact } from "../../core/registry/registry-entries.ts";
import type { Verification } from "../judge/verify.ts";
import type { ArtifactStore } from "../ports/artifact-store.ts";
import type { Clock } from "../ports/clock.ts";
import type { ControlStore } from "../ports/control-store.ts";

/** What the use cases of the server work with. */
export interface ControlPlane {
  readonly store: ControlStore;
  readonly artifacts: ArtifactStore;
  readonly clock: Clock;
  /** Opens a model as a gateway would; undefined: nothing here can. @throws Failure MODEL where it could not be served */
  readonly tryModel?: (artifact: OnnxArtifact, path: string) => Promise<void>;
  /** Recomputes a verdict where it holds up nobody; undefined: here. @throws Failure RECORD */
  readonly tryVerdict?: (verdict: unknown, evidencePath: string) => Promise<Verification>;
}

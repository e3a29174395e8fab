import type { AlertCenter } from "../alerts/alert-center.ts";
import type { JudgeTools } from "../judge/judge.ts";
import type { BackgroundWork } from "../ports/background-work.ts";
import type { Actor } from "../ports/control-store.ts";
import type { ModelSpec } from "../ports/model-runtime.ts";
import type { StepRunner } from "../ports/step-runner.ts";
import type { ControlPlane } from "../registry/control-plane.ts";

export interface RetrainTools {
  readonly plane: ControlPlane;
  readonly alerts: AlertCenter;
  readonly runner: StepRunner;
  /** Absolute path of a file of a run. */
  readonly runFile: (run: string, name: string) => string;
  /** What the file beside a model says of it is filled in. */
  readonly describe: (spec: ModelSpec) => Promise<ModelSpec>;
  readonly judgeTools: () => Promise<JudgeTools & { close(): Promise<void> }>;
  readonly work: BackgroundWork;
  readonly signal: AbortSignal;
}

export const RETRAINER: Actor = { name: "retraining", role: "system" };
export const LARGEST_MODEL = 4_000_000_000;
export const LARGEST_EVIDENCE = 1_000_000_000;

import type { Verdict } from "../../core/gates/verdict.ts";
import type { VersionEntry } from "../../core/registry/registry-entries.ts";
import type { Look, LookEntry } from "../watch/look-entry.ts";

/** Work of minutes on whole files, done where it holds up no answer of the server. One piece at a time. */
export interface BackgroundWork {
  /** What the log of a model holds that is new. @throws Failure as looking does */
  look(question: LookQuestion): Promise<Look>;
  /** Judges by a policy. @throws Failure as judging does */
  judge(policy: JudgedPolicy): Promise<Judged>;
  /** Ends it; what is under way fails. */
  close(): Promise<void>;
}

export interface LookQuestion {
  readonly model: string;
  readonly last: LookEntry | null;
  /** The version that answers; null: none does. */
  readonly live: VersionEntry | null;
  readonly now: number;
}

export interface JudgedPolicy {
  /** File name without folders, for messages. */
  readonly name: string;
  readonly text: string;
  /** Absolute: paths of the policy are relative to it. */
  readonly folder: string;
}

export interface Judged {
  readonly verdict: Verdict;
  /** The record by which the verdict can be verified. */
  readonly evidence: Uint8Array;
}

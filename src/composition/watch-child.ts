import { mkdirSync } from "node:fs";
import { setPriority } from "node:os";
import { dirname, join } from "node:path";
import { judge } from "../app/judge/judge.ts";
import { policyOf } from "../app/judge/read-policy.ts";
import type { Judged, JudgedPolicy, LookQuestion } from "../app/ports/background-work.ts";
import { lookAtLog } from "../app/watch/look-at-log.ts";
import type { Look } from "../app/watch/look-entry.ts";
import type { WatchedModel } from "../app/watch/watched-model.ts";
import { InternalError } from "../core/failures.ts";
import { encodeVerdictRecord } from "../core/gates/verdict-record.ts";
import { type ChildError, toChildError } from "./child-error.ts";
import { openKeptArtifacts } from "./control-plane.ts";
import { openEventArchive } from "./gateway.ts";
import { judgeTools } from "./judge-tools.ts";
import { openTableReader } from "./table-reader.ts";
import { watchedModel } from "./watched-model.ts";

/** What the child works on: its first message. */
export interface ChildSetting {
  readonly policies: readonly { readonly path: string; readonly text: string; readonly folder: string }[];
  /** Folder of the prediction log; null: not known. */
  readonly log: string | null;
  readonly stateFolder: string;
}

export type ChildCall = { readonly id: number } & (
  | { readonly kind: "look"; readonly question: LookQuestion }
  | { readonly kind: "judge"; readonly policy: JudgedPolicy }
);

export type ChildReply = { readonly id: number } & (
  | { readonly kind: "done"; readonly found: Look | Judged }
  | ChildError
);

const neverAborted = new AbortController().signal;

async function openWork({
  policies,
  log,
  stateFolder,
}: ChildSetting): Promise<(call: ChildCall) => Promise<Look | Judged>> {
  const archive = log === null ? null : await openEventArchive(log);
  const models = new Map<string, WatchedModel>();
  for (const { path, text, folder } of policies) {
    const one = watchedModel(policyOf(text, path, folder), folder, archive);
    models.set(one.model, one);
  }
  const reader = await openTableReader();
  const scratch = (name: string): string => {
    const path = join(stateFolder, "scratch", name);
    mkdirSync(dirname(path), { recursive: true });
    return path;
  };
  const artifacts = await openKeptArtifacts(stateFolder);
  const openTools = () => judgeTools(() => undefined, neverAborted);
  const tools = { artifacts, reader, scratch, judgeTools: openTools, memory: new Map(), signal: neverAborted };
  return async (call) => {
    if (call.kind === "judge") return judgeBy(call.policy);
    const watched = models.get(call.question.model);
    if (watched === undefined) throw new InternalError(`no policy of "${call.question.model}" was given`);
    return lookAtLog(watched, call.question, tools);
  };
}

async function judgeBy({ name, text, folder }: JudgedPolicy): Promise<Judged> {
  const tools = await judgeTools(() => undefined, neverAborted);
  try {
    const { verdict, input, curves } = await judge(policyOf(text, name, folder), tools);
    return { verdict, evidence: encodeVerdictRecord({ input, curves, policy: { name, text } }) };
  } finally {
    await tools.close();
  }
}

/** Runs in a process of its own, below the priority of the answers, and ends with the server. */
let opening: ReturnType<typeof openWork> | null = null;
let last: Promise<unknown> = Promise.resolve();
process.on("disconnect", () => process.exit(0));
process.on("message", (message: ChildSetting | ChildCall) => {
  if (!("id" in message)) {
    try {
      setPriority(10);
    } catch {
      // Not everywhere allowed; the work is the same.
    }
    opening = openWork(message);
    opening.catch(() => undefined);
    return;
  }
  last = last.then(async () => {
    const reply = await answer(message).catch(
      (error: unknown): ChildReply => ({ id: message.id, ...toChildError(error) }),
    );
    process.send?.(reply);
  });
});

async function answer(call: ChildCall): Promise<ChildReply> {
  if (opening === null) throw new InternalError("the child was asked before it was told what to work on");
  return { id: call.id, kind: "done", found: await (await opening)(call) };
}

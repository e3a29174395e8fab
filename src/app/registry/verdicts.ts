import { Failure } from "../../core/failures.ts";
import type { Verdict } from "../../core/gates/verdict.ts";
import type { VerdictEntry, VersionEntry } from "../../core/registry/registry-entries.ts";
import { verifyVerdict } from "../judge/verify.ts";
import type { Actor, Edge, StateReader, StoredDocument } from "../ports/control-store.ts";
import type { ControlPlane } from "./control-plane.ts";
import { versionId, versionOf } from "./versions.ts";

/** A verdict over thousands of slices has some megabytes. */
const LARGEST_DOCUMENT = 100_000_000;

export interface VerdictWish {
  readonly model: string;
  readonly version: string;
  readonly against: string | null;
  /** Digests of `verdict.json` and `evidence.bin` among the files. */
  readonly verdict: string;
  readonly evidence: string;
}

/**
 * Attaches a verdict to a version, after recomputing it from its evidence: what cannot be recomputed is not attached.
 * @throws Failure NOT_FOUND, RECORD where the verdict is not what its evidence gives or is about another model's artifact
 */
export async function attachVerdict(
  plane: ControlPlane,
  wish: VerdictWish,
  by: Actor,
): Promise<StoredDocument<VerdictEntry>> {
  const verdict = await readVerdict(plane, wish);
  return plane.store.change(by, async (state) => {
    const { body: judged } = await versionOf(state, wish.model, wish.version);
    const against = wish.against === null ? null : (await versionOf(state, wish.model, wish.against)).body.version;
    const version = versionId(judged.model, judged.version);
    const first = `${version}/${wish.evidence}`;
    const before = await state.get<VerdictEntry>("verdict", first);
    if (before !== null && (against === null || before.body.against === against)) return before;
    // The same numbers against another version, whose answers were the same, or because the first name was a mistake.
    const id = before === null ? first : `${first}:${against}`;
    const present = before === null ? null : await state.get<VerdictEntry>("verdict", id);
    if (present !== null) return present;
    const sameFile = await isAboutFile(state, judged, verdict);
    if (against !== null) await isAgainstFile(state, judged.model, against, verdict);
    return state.put<VerdictEntry>({
      kind: "verdict",
      id,
      parent: version,
      body: {
        model: judged.model,
        version: judged.version,
        against,
        evidence: wish.evidence,
        document: wish.verdict,
        decision: verdict.decision,
        reason: verdict.reason,
        data: verdict.fingerprints.data,
        sameFile,
        created: plane.clock.now(),
        by: by.name,
      },
      edges: verdictEdges(id, version, against === null ? null : versionId(judged.model, against), verdict),
      action: "verdict.attach",
      detail: { decision: verdict.decision, evidence: wish.evidence },
      expected: 0,
    });
  });
}

/** @throws Failure RECORD where the file that was judged is another version's */
async function isAboutFile(state: StateReader, judged: VersionEntry, verdict: Verdict): Promise<boolean> {
  const judgedFile = verdict.fingerprints.models[verdict.challenger] ?? "";
  const { artifact } = judged;
  if ("digest" in artifact && artifact.digest === judgedFile) return true;
  const owners = (await state.edges([`artifact:${judgedFile}`], "from")).map((edge) => edge.to.replace("version:", ""));
  if (owners.length === 0) return false;
  throw new Failure("RECORD", {
    where: "verdict",
    message: `the verdict judged the file of ${owners.join(", ")}, not that of ${versionId(judged.model, judged.version)}`,
    mend: ["attach it to the version that it judged"],
  });
}

/** @throws Failure RECORD where the champion's file is that of other versions of the model, and not of the named one */
async function isAgainstFile(state: StateReader, model: string, against: string, verdict: Verdict): Promise<void> {
  const file = verdict.fingerprints.models[verdict.champion] ?? "";
  const owners = (await state.edges([`artifact:${file}`], "from"))
    .map((edge) => edge.to.replace("version:", ""))
    .filter((owner) => owner.startsWith(`${model}/`));
  if (owners.length === 0 || owners.includes(versionId(model, against))) return;
  throw new Failure("RECORD", {
    where: "verdict",
    message: `the verdict is against the file of ${owners.join(", ")}, not that of ${versionId(model, against)}`,
    mend: [`--against ${owners[0]!.slice(model.length + 1)}`],
  });
}

async function readVerdict(plane: ControlPlane, wish: VerdictWish): Promise<Verdict> {
  const document = parse(await plane.artifacts.read(wish.verdict, LARGEST_DOCUMENT));
  const { same, differences, recomputed } =
    plane.tryVerdict === undefined
      ? verifyVerdict(document, await plane.artifacts.read(wish.evidence), "evidence")
      : await plane.tryVerdict(document, plane.artifacts.path(wish.evidence));
  if (same) return recomputed;
  const [first] = differences;
  throw new Failure("RECORD", {
    where: "verdict",
    message: `the verdict is not what its evidence gives: ${first?.path ?? ""} is recorded as ${JSON.stringify(first?.recorded)?.slice(0, 80)}, recomputed ${JSON.stringify(first?.recomputed)?.slice(0, 80)}`,
    mend: ["send verdict.json and evidence.bin of one judgement", "umpire verify verdict.json shows every difference"],
  });
}

function parse(bytes: Uint8Array): unknown {
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    if ((value as { schema?: unknown } | null)?.schema === "umpire.verdict/1") return value;
  } catch {
    // Told below, as for a document of another kind.
  }
  throw new Failure("RECORD", {
    where: "verdict",
    message: "this is not a verdict of Umpire (schema umpire.verdict/1)",
  });
}

function verdictEdges(id: string, version: string, against: string | null, verdict: Verdict): Edge[] {
  const node = `verdict:${id}`;
  const edges: Edge[] = [
    { from: `version:${version}`, to: node, relation: "judged by" },
    { from: `dataset:test@${verdict.fingerprints.data}`, to: node, relation: "judged on" },
  ];
  if (against !== null) edges.push({ from: `version:${against}`, to: node, relation: "judged against" });
  return edges;
}

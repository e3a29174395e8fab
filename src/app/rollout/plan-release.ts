import { roleCovers } from "../../core/access/roles.ts";
import { Failure } from "../../core/failures.ts";
import type { Verdict } from "../../core/gates/verdict.ts";
import type { VerdictEntry } from "../../core/registry/registry-entries.ts";
import { sha256Hex } from "../../core/hash/sha256.ts";
import { type JudgedRelease, proposeStages } from "../../core/rollout/propose-stages.ts";
import { EVERYONE, type ReleasePolicy, type StageRules } from "../../core/rollout/release-policy.ts";
import type { RolloutPlan } from "../../core/rollout/rollout-plan.ts";
import { conditionOf } from "../../schemas/api/parse-routing.ts";
import { releaseOf } from "../../schemas/release/parse-release.ts";
import type { KeyEntry } from "../keys/access-keys.ts";
import type { StateReader, StoredDocument } from "../ports/control-store.ts";
import type { ControlPlane } from "../registry/control-plane.ts";
import { routingState } from "../registry/routing.ts";
import { versionId, versionOf } from "../registry/versions.ts";
import { latestRollout } from "./rollout-document.ts";

/** What somebody wants released. */
export interface ReleaseWish {
  readonly model: string;
  /** A version or an alias. */
  readonly challenger: string;
  /** Id of a verdict of that version; null: its newest against what is live. */
  readonly verdict: string | null;
  /** The `release` section, as the policy writes it; null: usual. */
  readonly release: unknown;
  /** A/B: further arms with their shares, by version. Its own share is in `shares`. */
  readonly arms: Readonly<Record<string, number>>;
}

export interface PlannedRelease {
  readonly plan: RolloutPlan;
  readonly number: number;
  /** Share of the rows of the test set in each cohort, where the verdict knows it. */
  readonly shares: Readonly<Record<string, number>>;
  /** For people: what the plan is based on. */
  readonly notes: readonly string[];
}

/**
 * The plan of a release: stages from the verdict and the policy, frozen.
 * @throws Failure NOT_FOUND, CONFLICT, USAGE
 */
export async function planRelease(plane: ControlPlane, wish: ReleaseWish): Promise<PlannedRelease> {
  const policy = releaseOf(wish.release ?? {});
  const facts = await plane.store.read(async (state) => gather(state, wish, policy));
  const verdict = facts.verdict === null ? null : await readVerdict(plane, facts.verdict.body);
  const judged = verdict === null ? unjudged : judgedOf(verdict);
  const { stages, guarded, problems } = proposeStages(judged, stagesOf(policy, wish), policy.usual);
  const [first, ...others] = problems.map((message) => ({ where: "release.stages", message }));
  if (first !== undefined) {
    const { champion } = facts.before;
    const mend =
      verdict === null
        ? [`judge it against version ${champion}, then umpire models register … --verdict FILE --against ${champion}`]
        : [];
    throw new Failure("USAGE", { ...first, mend, others });
  }
  const plan: RolloutPlan = {
    id: `${wish.model}.r${facts.number}`,
    model: wish.model,
    form: policy.form,
    champion: facts.before.champion,
    challenger: facts.challenger,
    arms: facts.arms,
    verdict: facts.verdict?.body.evidence ?? unjudgedHash(facts.challenger, facts.before.champion),
    shadow: policy.form === "ab" ? null : policy.shadow,
    stages,
    guarded,
    guardrails: policy.guardrails,
    ...(policy.secondPerson ? { barred: [facts.registeredBy] } : {}),
    alarm: policy.alarm,
    mismatch: policy.mismatch,
    breach: policy.breach,
    reverseShadow: policy.reverseShadow,
    settleMilliseconds: policy.settleMilliseconds,
    before: facts.before,
    standing: facts.standing,
  };
  const shares = Object.fromEntries((verdict?.slices ?? []).map((slice) => [slice.name, slice.share]));
  const notes = [...notesOf(facts.verdict, facts.before.champion), ...strangers(plan, facts.keys)];
  return { plan, number: facts.number, shares, notes };
}

/** What a sign-off is bound to where there is no verdict. */
function unjudgedHash(challenger: string, champion: string): string {
  return sha256Hex(`not judged: ${challenger} against ${champion}`);
}

const unjudged: JudgedRelease = { decision: "not-evaluated", slices: [] };

async function gather(state: StateReader, wish: ReleaseWish, policy: ReleasePolicy) {
  const { version: challenger, by: registeredBy } = (await versionOf(state, wish.model, wish.challenger)).body;
  const before = (await routingState(state)).models[wish.model];
  if (before === undefined) {
    throw new Failure("CONFLICT", {
      message: `nothing of "${wish.model}" is live yet, so there is nothing to release against`,
      mend: [`umpire models alias ${wish.model} champion ${challenger}`],
    });
  }
  if (before.champion === challenger) {
    throw new Failure("CONFLICT", { message: `version ${challenger} of "${wish.model}" answers everyone already` });
  }
  const verdict = await verdictFor(state, wish, challenger, before.champion);
  const keys = (await state.list<KeyEntry>("key")).map(({ body }) => body);
  const number = ((await latestRollout(state, wish.model))?.body.number ?? 0) + 1;
  const arms = [];
  for (const [name, share] of Object.entries(wish.arms)) {
    arms.push({ version: (await versionOf(state, wish.model, name)).body.version, share });
  }
  if (policy.form === "ab") arms.unshift({ version: challenger, share: policy.usual.shares[0] ?? 0.5 });
  const standing =
    policy.standing === null
      ? null
      : { ...policy.standing, version: (await versionOf(state, wish.model, policy.standing.version)).body.version };
  return { challenger, registeredBy, before, verdict, number, arms, standing, keys };
}

async function verdictFor(
  state: StateReader,
  wish: ReleaseWish,
  challenger: string,
  champion: string,
): Promise<StoredDocument<VerdictEntry> | null> {
  const parent = versionId(wish.model, challenger);
  const all = await state.list<VerdictEntry>("verdict", { parent, newestFirst: true });
  if (wish.verdict === null) {
    return all.find((one) => one.body.against === champion) ?? all.find((one) => one.body.against === null) ?? null;
  }
  const named = all.find((one) => one.id === wish.verdict || one.body.evidence === wish.verdict);
  if (named !== undefined) return named;
  throw new Failure("NOT_FOUND", {
    message: `version ${challenger} of "${wish.model}" has no verdict "${wish.verdict}"`,
    mend: all.length === 0 ? ["it has none: umpire models register … --verdict FILE"] : [`it has: ${all[0]!.id}`],
  });
}

/** A/B and blue/green are one stage of everyone. */
function stagesOf(policy: ReleasePolicy, wish: ReleaseWish): readonly StageRules[] | null {
  const { usual } = policy;
  if (policy.form === "blue-green") return [{ ...usual, cohort: EVERYONE, shares: [1] }];
  if (policy.form !== "ab") return policy.stages;
  const share = usual.shares[0] ?? 0.5;
  const rest = Object.values(wish.arms).reduce((sum, one) => sum + one, share);
  if (rest >= 1) {
    throw new Failure("USAGE", { where: "arms", message: "the arms leave nothing for the champion to compare with" });
  }
  return [{ ...usual, cohort: EVERYONE, shares: [share], mostMilliseconds: Number.MAX_SAFE_INTEGER }];
}

async function readVerdict(plane: ControlPlane, entry: VerdictEntry): Promise<Verdict> {
  return JSON.parse(new TextDecoder().decode(await plane.artifacts.read(entry.document))) as Verdict;
}

function judgedOf(verdict: Verdict): JudgedRelease {
  return {
    decision: verdict.decision,
    slices: verdict.slices.map((slice) => ({
      name: slice.name,
      kind: slice.kind,
      where: slice.where === null ? null : conditionOf(slice.where, `slices.${slice.name}.where`),
      weight: slice.weight,
      blocking: slice.blocking,
      outcome: slice.outcome,
      reason: slice.reason,
      share: slice.share,
    })),
  };
}

/** Stages that would wait for ever: nobody whose yes is taken has a key that may give it. */
function strangers({ stages, barred = [] }: RolloutPlan, keys: readonly KeyEntry[]): string[] {
  const may = new Set(keys.filter(({ role }) => roleCovers(role, "approver")).map(({ name }) => name));
  return stages.flatMap(({ cohort, approve }) => {
    if (approve.length === 0 || approve.some((name) => may.has(name) && !barred.includes(name))) return [];
    const [first] = approve;
    return [
      `nobody can approve ${cohort} yet: ${approve.join(", ")} has no key (umpire keys create ${first} --role approver)`,
    ];
  });
}

function notesOf(verdict: StoredDocument<VerdictEntry> | null, champion: string): string[] {
  if (verdict === null) return ["it was not judged against what is live: a named person's consent opens each stage"];
  const { decision, reason, against } = verdict.body;
  const notes = [`the verdict is ${decision.replaceAll("-", " ")}: ${reason}`];
  if (against !== champion)
    notes.push(`the verdict does not say that it is against version ${champion}, which is live`);
  return notes;
}

import { isRole, roleCovers } from "../../core/access/roles.ts";
import { Failure } from "../../core/failures.ts";
import type { RoutingEntry } from "../../core/registry/registry-entries.ts";
import type { Actor, StateReader } from "../ports/control-store.ts";

/**
 * Who may not let versions into production may only bring back what answered before: everyone, or all of the cohort.
 * A rollback to anything else would be a release that nobody approved.
 * @throws Failure ROLE
 */
export async function requireAnsweredBefore(
  state: StateReader,
  by: Actor,
  model: string,
  versions: readonly string[],
  cohort: string | null,
): Promise<void> {
  // The product itself goes by its own rules.
  if (!isRole(by.role) || roleCovers(by.role, "approver")) return;
  const before = await state.list<RoutingEntry>("routing", { parent: model });
  const answered = new Set<string>();
  for (const { body } of before) {
    answered.add(body.routing.champion);
    for (const { name, arms } of body.routing.cohorts) {
      if (name === cohort) for (const arm of arms) if (arm.share === 1) answered.add(arm.version);
    }
  }
  const never = versions.find((version) => !answered.has(version));
  if (never === undefined) return;
  const whom = cohort === null ? "everyone" : `everyone, nor all of the cohort "${cohort}"`;
  throw new Failure("ROLE", {
    message: `version ${never} never answered ${whom}: to let it into production takes the role approver, and this key has ${by.role}`,
    mend: [
      answered.size === 0
        ? "nothing answered yet"
        : `answered before: ${[...answered].toReversed().slice(0, 12).join(", ")}`,
    ],
  });
}

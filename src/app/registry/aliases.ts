import { Failure } from "../../core/failures.ts";
import { nameProblem } from "../../core/registry/names.ts";
import type { Aliases, VersionEntry } from "../../core/registry/registry-entries.ts";
import type { Actor, StateWriter } from "../ports/control-store.ts";
import { aliasesOf, modelOf } from "./models.ts";
import { firstChampion } from "./routing.ts";
import { versionId, versionOf } from "./versions.ts";

/**
 * Points an alias at a version. `champion` is what is live: it can be set once, where nothing is live yet, and follows
 * the routing from then on.
 * @throws Failure NOT_FOUND, CONFLICT, USAGE
 */
export async function setAlias(
  state: StateWriter,
  model: string,
  alias: string,
  version: string,
  by: Actor,
): Promise<Aliases> {
  const problem = nameProblem(alias);
  if (problem !== null) throw new Failure("USAGE", { where: "alias", message: problem });
  const { body } = await versionOf(state, model, version);
  const isVersion = (await state.get<VersionEntry>("version", versionId(model, alias))) !== null;
  if (isVersion || /^\d+$/.test(alias)) {
    const why = isVersion ? "is the name of a version" : "is a number, as versions without a name are called";
    throw new Failure("CONFLICT", {
      message: `"${alias}" ${why}; an alias of that name would be taken for it`,
      mend: [`a name of your own: umpire models alias ${model} candidate ${body.version}`],
    });
  }
  if (alias === "champion") {
    await firstChampion(state, model, body.version, by.name, "the first champion");
    return aliasesOf(state, model);
  }
  const before = await aliasesOf(state, model);
  if (before[alias] === body.version) return before;
  const next = { ...before, [alias]: body.version };
  const detail = { alias, version: body.version, before: before[alias] ?? null };
  await state.put<Aliases>({ kind: "aliases", id: model, body: next, action: "alias.set", detail });
  return next;
}

/** @throws Failure NOT_FOUND, CONFLICT for `champion` */
export async function removeAlias(state: StateWriter, model: string, alias: string): Promise<Aliases> {
  await modelOf(state, model);
  const before = await aliasesOf(state, model);
  if (before[alias] === undefined) {
    throw new Failure("NOT_FOUND", {
      message: `"${model}" has no alias "${alias}"`,
      mend: [`aliases: ${Object.keys(before).join(", ") || "none"}`],
    });
  }
  if (alias === "champion") {
    throw new Failure("CONFLICT", { message: `the alias champion says what is live; it cannot be taken away` });
  }
  const next = Object.fromEntries(Object.entries(before).filter(([name]) => name !== alias));
  const detail = { alias, before: before[alias] };
  await state.put<Aliases>({ kind: "aliases", id: model, body: next, action: "alias.remove", detail });
  return next;
}

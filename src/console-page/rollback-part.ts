/** The brake: what it would do is asked of the server before it is pressed, and it asks for the model's name. */
import { h } from "../report-page/dom.ts";
import { ask, choice, field } from "./ask.ts";
import { at, button, link, p, time } from "./parts.ts";
import { refresh } from "./refresh.ts";
import { call, may, modelPath, Refused } from "./server.ts";
import type { ModelStatus, Release, RolledBack, RoutingChange, Version } from "./types.ts";

/** The newest release in a line; where it was taken back: by whom, from where, why, and what comes next. */
export function releaseSentence(release: Release | null, model: ModelStatus): HTMLElement | null {
  if (release === null) return null;
  const evidence = link(at.model(release.model), "Evidence and decisions");
  const last = takenBack(release);
  if (last === null) return p([`Release of version ${release.challenger}: ${release.at}. `, evidence]);
  const itself = last.by === "umpire";
  const account = p([
    `${itself ? "Umpire itself" : last.by} took version ${release.challenger} back, from ${last.from}, `,
    time(last.at),
    `. Why: ${last.reason}. `,
    evidence,
  ]);
  if (!itself || !stillAsThen(last.at, model)) return account;
  return h(
    "div",
    {},
    account,
    p(
      `Version ${model.champion ?? ""} answers again as before: nothing has to be pressed. Next: read the evidence, mend version ${release.challenger} and release it anew.`,
    ),
  );
}

function takenBack(release: Release | null): Release["decisions"][number] | null {
  if (release?.phase !== "rolled-back") return null;
  return release.decisions.findLast(({ decision }) => decision === "roll-back") ?? null;
}

/** Whether who answers was not changed since; the change itself is written a moment after its decision. */
function stillAsThen(decided: string, { since }: ModelStatus): boolean {
  return since !== null && Date.parse(since) <= Date.parse(decided) + 60_000;
}

/** Versions that answered everyone before the present one, the latest first. */
export function earlierChampions(model: ModelStatus, changes: readonly RoutingChange[]): string[] {
  const champions = changes.map(({ routing }) => routing.champion);
  return [...new Set(champions)].filter((version) => version !== model.champion);
}

export function rollbackButton(
  model: ModelStatus,
  changes: readonly RoutingChange[],
  back: RolledBack | null,
  release: Release | null,
): HTMLElement | null {
  if (!may("operator")) return p("Your role may look; an operator may roll back.", "quiet");
  const earlier = earlierChampions(model, changes);
  const last = takenBack(release);
  // What was just gone back to is the good version: no red button invites to leave it.
  const settled = last?.by === "umpire" && stillAsThen(last.at, model);
  const first = settled ? undefined : back?.changed === true ? back.to : earlier[0];
  const open = (to: string | null): void => void askRollback(model, to, earlier);
  return h(
    "p",
    { class: "buttons" },
    first === undefined ? null : button(`Roll back ${model.name} to ${first} now`, () => open(first), "brake"),
    (may("approver") ? model.versions > 1 : earlier.length > 0)
      ? button(`Roll back ${model.name} to another version…`, () => open(null))
      : null,
  );
}

async function askRollback(model: ModelStatus, wanted: string | null, earlier: readonly string[]): Promise<void> {
  const path = modelPath(model.name);
  // The dialog opens all the same where the list does not come: it says what is wrong.
  const none: readonly Version[] = [];
  const { versions } = await call<{ versions: readonly Version[] }>(`${path}/versions?limit=100`).catch(() => ({
    versions: none,
  }));
  const kept = versions.map(({ version }) => version).filter((version) => version !== model.champion);
  // An operator goes back to what answered before; what never did takes an approver.
  const others = may("approver") ? kept : [];
  const order = [...new Set([...(wanted === null ? [] : [wanted]), ...earlier, ...others])].filter(
    (version) => kept.length === 0 || kept.includes(version) || version === wanted,
  );
  const to = choice(
    "Back to",
    order.map((version) => [
      version,
      `version ${version}${earlier.includes(version) ? ", answered everyone before" : ""}`,
    ]),
  );
  const cohorts = model.cohorts.filter(({ arms }) => arms.length > 0).map(({ name }) => name);
  const who = choice("For", [
    ["", "everyone"],
    ...cohorts.map((name): [string, string] => [name, `only the cohort ${name}`]),
  ]);
  const reason = field("Why (kept in the audit trail)", "rolled back from the console");
  const follows = h("ul", { "aria-live": "polite" });
  const go = ask({
    title: `Roll ${model.name} back?`,
    body: [p("What follows:"), follows],
    fields: [...(order.length > 1 ? [to] : []), ...(cohorts.length > 0 ? [who] : []), reason],
    typed: model.name,
    yes: `Roll back to ${to.input.value} now`,
    danger: true,
    act: async () => {
      const body = {
        to: to.input.value,
        cohort: who.input.value || null,
        reason: reason.input.value.trim() || "rolled back from the console",
      };
      const { changed, to: version, cohort } = await call<RolledBack>(`${path}/rollback`, "POST", body);
      refresh();
      const whom = cohort === null ? "everyone" : `the cohort ${cohort}`;
      return changed
        ? `Rolled back: version ${version} answers ${whom} of ${model.name}; gateways follow within a second, as listed under Gateways`
        : `Version ${version} answered ${whom} of ${model.name} already`;
    },
  });
  const preview = async (): Promise<void> => {
    go.textContent = `Roll back to ${to.input.value} now`;
    const cohort = who.input.value === "" ? "" : `&cohort=${encodeURIComponent(who.input.value)}`;
    try {
      const found = await call<RolledBack>(`${path}/rollback?to=${encodeURIComponent(to.input.value)}${cohort}`);
      follows.replaceChildren(...found.follows.map((line) => h("li", {}, line)));
    } catch (error) {
      follows.replaceChildren(h("li", { class: "bad" }, error instanceof Refused ? error.message : String(error)));
    }
  };
  to.input.addEventListener("change", () => void preview());
  who.input.addEventListener("change", () => void preview());
  await preview();
}

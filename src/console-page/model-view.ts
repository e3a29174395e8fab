import { h } from "../report-page/dom.ts";
import { lookSection } from "./quality-part.ts";
import { at, block, decisionWords, facts, link, p, section, type Shown, table, time } from "./parts.ts";
import { liveSentence, liveTable } from "./live-part.ts";
import { retrainingSection } from "./retraining-part.ts";
import { releaseSection } from "./release-part.ts";
import { rollbackButton } from "./rollback-part.ts";
import { call, maybe, modelPath, Refused } from "./server.ts";
import type {
  Look,
  ModelStatus,
  Release,
  Retraining,
  RolledBack,
  RoutingChange,
  Status,
  Verdict,
  Version,
} from "./types.ts";

/** One model: what is live where, its release, its quality, its versions, its retrainings, what changed. */
export async function modelView([name = ""]: readonly string[]): Promise<Shown> {
  const path = modelPath(name);
  const [status, history, release, back, look, versions, runs] = await Promise.all([
    call<Status>("/v1/status"),
    maybe<{ changes: RoutingChange[] }>(`${path}/routing?limit=100`),
    maybe<Release>(`${path}/release`),
    maybe<RolledBack>(`${path}/rollback`),
    maybe<Look>(`${path}/look`),
    maybe<{ versions: Version[] }>(`${path}/versions?limit=50`),
    maybe<{ retrainings: Retraining[] }>(`${path}/retrainings?limit=30`),
  ]);
  const model = status.models.find((one) => one.name === name);
  if (model === undefined) throw new Refused(`There is no model "${name}" on this server.`, 404);
  const changes = history?.changes ?? [];
  const kept = versions?.versions ?? [];
  const verdicts = await newestVerdicts(name, kept);
  return {
    title: name,
    blocks: [
      block(`model ${name}`, [model, release?.phase, release?.at, back, changes[0]?.revision], () =>
        h(
          "div",
          {},
          h("h1", {}, name),
          liveSentence(model),
          liveTable(model),
          alsoServing(changes[0]),
          model.champion === null ? null : rollbackButton(model, changes, back, release),
        ),
      ),
      block(`release ${name}`, release, () => releaseSection(release, name)),
      block(`look ${name}`, [look, model.champion], () => lookSection(name, look, model.champion)),
      block(`versions ${name}`, [kept, verdicts], () => versionsSection(model, kept, verdicts)),
      block(`retrainings ${name}`, runs, () => retrainingSection(name, runs?.retrainings ?? [])),
      block(`changes ${name}`, changes, () => changesSection(name, changes)),
    ],
  };
}

async function newestVerdicts(name: string, kept: readonly Version[]): Promise<Record<string, Verdict>> {
  const judged = kept.filter(({ verdicts }) => verdicts > 0).slice(0, 12);
  const found = await Promise.all(
    judged.map(({ version }) =>
      maybe<{ verdicts: Verdict[] }>(`${modelPath(name)}/versions/${encodeURIComponent(version)}/verdicts?limit=100`),
    ),
  );
  return Object.fromEntries(
    judged.flatMap(({ version }, i): [string, Verdict][] => {
      const newest = found[i]?.verdicts.toSorted((a, b) => b.created.localeCompare(a.created))[0];
      return newest === undefined ? [] : [[version, newest]];
    }),
  );
}

function alsoServing(latest: RoutingChange | undefined): HTMLElement | null {
  if (latest === undefined) return null;
  const { shadows, fallback, optOut, standing } = latest.routing;
  return facts([
    [
      "in the shadow",
      shadows
        .map(({ version, sample }) => `version ${version}${sample < 1 ? `, of ${Math.round(100 * sample)}%` : ""}`)
        .join(", "),
    ],
    ["if it fails", fallback.map((version) => `version ${version}`).join(", then ")],
    ["for who opted out", optOut === null ? "" : `version ${optOut}`],
    ["standing share", standing === null ? "" : `version ${standing.version}: ${(100 * standing.share).toFixed(1)}%`],
  ]);
}

function versionsSection(model: ModelStatus, kept: readonly Version[], verdicts: Record<string, Verdict>): HTMLElement {
  const rows = kept.map((one) => {
    const verdict = verdicts[one.version];
    return [
      link(at.version(one.model, one.version), `version ${one.version}`),
      [...(one.live ? ["live"] : []), ...one.aliases].join(", "),
      verdict === undefined
        ? "not judged"
        : `${decisionWords(verdict.decision)}${verdict.against === null ? "" : `, against ${verdict.against}`}: ${verdict.reason}`,
      time(one.created),
      one.by,
    ];
  });
  return section(
    "Versions",
    kept.length === 0
      ? h("p", {}, "None yet: ", h("code", {}, `umpire models register ${model.name} --onnx FILE`))
      : table("Versions", ["version", "is", "verdict", "registered", "by"], rows),
    model.versions > kept.length ? p(`The newest ${kept.length} of ${model.versions}.`, "quiet") : null,
  );
}

function changesSection(name: string, changes: readonly RoutingChange[]): HTMLElement {
  const rows = changes.map((one) => [
    time(one.from),
    `version ${one.routing.champion}${one.routing.cohorts.some(({ arms }) => arms.length > 0) ? ", and cohorts of their own" : ""}`,
    one.reason,
    one.by,
  ]);
  return section(
    "What was live when",
    changes.length === 0
      ? p("Nothing yet.")
      : table("Changes of who answers", ["from", "answers everyone", "why", "by"], rows),
    h(
      "p",
      {},
      link(at.audit("routing", ""), "All changes in the audit trail"),
      ` · of one moment: `,
      h("code", {}, `umpire models live-at ${name} TIME`),
    ),
  );
}

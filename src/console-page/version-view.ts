import { h } from "../report-page/dom.ts";
import { at, block, decisionWords, facts, folded, link, number, p, section, type Shown, table, time } from "./parts.ts";
import { call, maybe, modelPath } from "./server.ts";
import type { Lineage, Verdict, Version } from "./types.ts";

/** The card of a version: what it is, how it came to be, how it was judged, what was made from and with it. */
export async function versionView([model = "", version = ""]: readonly string[]): Promise<Shown> {
  const path = `${modelPath(model)}/versions/${encodeURIComponent(version)}`;
  const one = await call<Version>(path);
  const [verdicts, attachments] = await Promise.all([
    maybe<{ verdicts: Verdict[] }>(`${path}/verdicts?limit=100`),
    maybe<{ attachments: string[] }>(`${path}/attachments`),
  ]);
  const names = attachments?.attachments ?? [];
  const contents = await Promise.all(
    names.map((name) => maybe<unknown>(`${path}/attachments/${encodeURIComponent(name)}`)),
  );
  const found = verdicts?.verdicts ?? [];
  return {
    title: `${model} ${one.version}`,
    blocks: [
      block("card", one, () => card(one)),
      block("verdicts", found, () => verdictSection(found)),
      block("attachments", [names, contents], () => attachmentSection(one, names, contents)),
    ],
  };
}

function card(one: Version): HTMLElement {
  const { artifact, configuration } = one;
  const { hyperparameters, threshold, features, trainingPeriod, data, commit, environment, run, parent, note } =
    configuration;
  const pairs = (values: Readonly<Record<string, unknown>>): string =>
    Object.entries(values)
      .map(([key, value]) => `${key} ${typeof value === "string" ? value : JSON.stringify(value)}`)
      .join(", ");
  const source = Object.entries(artifact)
    .filter(([key, value]) => key !== "kind" && key !== "features" && value !== null)
    .map(
      ([key, value]) =>
        [key, typeof value === "string" || typeof value === "number" ? String(value) : JSON.stringify(value)] as const,
    );
  const named = "features" in artifact && artifact.features !== null ? artifact.features : features;
  return h(
    "div",
    {},
    h("p", { class: "quiet" }, link(at.model(one.model), one.model)),
    h("h1", {}, `Version ${one.version}${one.live ? ", live" : ""}`),
    facts([
      ["aliases", one.aliases.join(", ")],
      ["registered", time(one.created)],
      ["by", one.by],
      ["retrained from", parent === null ? "" : link(at.version(one.model, parent), `version ${parent}`)],
      ["why", note],
      [
        "lineage",
        link(at.lineage(`version:${one.model}/${one.version}`), "what it was made from, and what was made with it"),
      ],
    ]),
    section(
      "How it came to be",
      facts([
        ["kind", artifact.kind],
        ...source.map(([key, value]): [string, Node] => [key, h("code", {}, value)]),
        ["hyper-parameters", pairs(hyperparameters)],
        [
          "threshold",
          threshold === null
            ? ""
            : `${number(threshold.value)}${threshold.learnt === null ? "" : `, ${threshold.learnt}`}`,
        ],
        ["trained on", trainingPeriod === null ? "" : `${trainingPeriod.from} to ${trainingPeriod.to}`],
        ["commit", commit === null ? "" : h("code", {}, commit)],
        ["environment", pairs(environment)],
        ["run", run],
        ["digest of this entry", h("code", {}, one.digest)],
      ]),
      data.length === 0
        ? null
        : table(
            "Data",
            ["data", "used for", "fingerprint"],
            data.map((use) => [
              link(at.lineage(`dataset:${use.name}@${use.fingerprint}`), use.name),
              use.role,
              h("code", {}, use.fingerprint),
            ]),
          ),
      named.length === 0 ? null : folded(`${named.length} features`, p(named.join(", "))),
    ),
  );
}

function verdictSection(verdicts: readonly Verdict[]): HTMLElement {
  const rows = verdicts.map((one) => [
    decisionWords(one.decision),
    one.against === null ? "" : link(at.version(one.model, one.against), `version ${one.against}`),
    one.reason,
    time(one.created),
    one.by,
    link(at.lineage(`verdict:${one.model}/${one.version}/${one.evidence}`), `${one.evidence.slice(0, 12)}…`),
  ]);
  return section(
    "Verdicts",
    verdicts.length === 0
      ? h(
          "p",
          {},
          "Not judged. A verdict comes with the version: ",
          h("code", {}, "umpire models register … --verdict verdict.json --against VERSION"),
        )
      : table("Verdicts", ["verdict", "against", "why", "when", "by", "evidence"], rows),
    verdicts.some(({ sameFile }) => !sameFile)
      ? p("Some answers came in a column: whose they are is a matter of trust.", "quiet")
      : null,
  );
}

function attachmentSection(one: Version, names: readonly string[], contents: readonly unknown[]): HTMLElement {
  return section(
    "Card and checklist",
    names.length === 0
      ? p(`Nothing attached. PUT ${modelPath(one.model)}/versions/${one.version}/attachments/card takes any document.`)
      : null,
    ...names.map((name, i) =>
      folded(name, h("pre", { tabindex: 0, role: "region", "aria-label": name }, JSON.stringify(contents[i], null, 2))),
    ),
  );
}

/** One node of the lineage, and its neighbours in both directions: each leads on. */
export async function lineageView([node = ""]: readonly string[]): Promise<Shown> {
  const ask = (direction: string): Promise<Lineage> =>
    call<Lineage>(`/v1/lineage?node=${encodeURIComponent(node)}&direction=${direction}&depth=1`);
  const [up, down] = await Promise.all([ask("up"), ask("down")]);
  const before = up.edges.filter(({ to }) => to === node).map(({ from, relation }) => [from, relation] as const);
  const after = down.edges.filter(({ from }) => from === node).map(({ to, relation }) => [to, relation] as const);
  return {
    title: nodeWords(node),
    blocks: [
      block(`lineage ${node}`, [before, after], () =>
        h(
          "div",
          {},
          h("p", { class: "quiet" }, "Lineage"),
          h("h1", {}, nodeWords(node)),
          h("p", {}, h("code", {}, node)),
          ownPage(node),
          section("Made from", neighbours("Made from", before)),
          section("What came of it", neighbours("What came of it", after)),
        ),
      ),
    ],
  };
}

function neighbours(name: string, nodes: readonly (readonly [string, string])[]): HTMLElement {
  if (nodes.length === 0) return p("Nothing that is known here.");
  return table(
    name,
    ["what", "how"],
    nodes.map(([node, relation]) => [link(at.lineage(node), nodeWords(node)), relation]),
  );
}

function ownPage(node: string): HTMLElement | null {
  const [, model, version] = /^version:([^/]+)\/(.+)$/.exec(node) ?? [];
  return model === undefined || version === undefined
    ? null
    : h("p", {}, link(at.version(model, version), "The version's card"));
}

/** `deployment:late-flights@7` as people say it. */
function nodeWords(node: string): string {
  const colon = node.indexOf(":");
  const kind = node.slice(0, colon);
  const rest = node.slice(colon + 1);
  const short = rest.replace(/[0-9a-f]{24,}/g, (digest) => `${digest.slice(0, 12)}…`);
  const words: Readonly<Record<string, string>> = { deployment: "live by change", rollout: "release" };
  return `${words[kind] ?? kind} ${kind === "version" ? rest.replace("/", " ") : short}`;
}

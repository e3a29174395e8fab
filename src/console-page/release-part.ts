/** A release: where it is, on which evidence, why it is held, who must say yes, and the forms for it. */
import { h } from "../report-page/dom.ts";
import { ask, field } from "./ask.ts";
import { intervalPicture } from "./pictures.ts";
import { button, type Child, counted, facts, folded, number, p, percent, section, table, time } from "./parts.ts";
import { refresh } from "./refresh.ts";
import { call, may, modelPath } from "./server.ts";
import type { Release } from "./types.ts";

const forms: Readonly<Record<string, string>> = {
  stages: "in stages",
  "blue-green": "all at once, the old one warm",
  ab: "as an A/B test",
};
const glyphs = {
  clear: "✓ clear",
  breach: "✗ worse",
  unsure: "? unsure",
  waiting: "· waiting",
  none: "· not watched",
} as const;
const over = new Set(["done", "rolled-back", "voided"]);

export function releaseSection(release: Release | null, model: string): HTMLElement {
  if (release === null)
    return section("Release", h("p", {}, "None yet: ", h("code", {}, `umpire release start ${model} VERSION`)));
  return section(
    `Release of ${release.challenger} against ${release.champion}`,
    p([`${forms[release.form] ?? release.form}, started `, time(release.started), `. Now: ${release.at}.`]),
    heldSentence(release),
    release.question === null ? null : questionBox(release),
    release.problem === null ? null : p(`There are no numbers: ${release.problem}`, "bad"),
    releaseButtons(release),
    h("h3", {}, "Stages"),
    stagesTable(release),
    h("h3", {}, "Evidence of the present step"),
    evidence(release),
    decisions(release),
  );
}

function heldSentence({ phase, decisions, returned }: Release): HTMLElement | null {
  const last = decisions.at(-1);
  const lines = [
    ...(phase === "paused" && last !== undefined ? [`Held by ${last.by}: ${last.reason}. The brake works on.`] : []),
    ...(phase === "voided" && last !== undefined ? [`Its numbers cannot be read: ${last.reason}.`] : []),
    ...returned.map(({ cohort, version }) => `The cohort ${cohort} was taken back to version ${version}.`),
  ];
  return lines.length === 0 ? null : p(lines.join(" "));
}

/** Who may answer, as the policy and the roles say. */
export function whoMust(release: Release): string {
  const named = release.stages[Math.max(0, release.position.stage)]?.approve ?? [];
  const who = named.length > 0 ? named.join(" or ") : "anybody with the role approver";
  const cohorts = release.question?.cohorts ?? [];
  const unproven = cohorts.length > 0 ? ` The challenger was not proven on: ${cohorts.join(", ")}.` : "";
  return `${who} may say yes.${unproven}`;
}

function questionBox(release: Release): HTMLElement {
  return h(
    "div",
    { class: "box" },
    h("p", {}, h("strong", {}, `? ${release.question?.text ?? ""}`)),
    p(whoMust(release)),
    p(["for evidence ", h("code", {}, release.question?.evidence ?? "")], "quiet"),
  );
}

/** What the newest release asks, and the buttons while it runs; null where it is over. */
export function releaseAtHand(release: Release | null): HTMLElement | null {
  if (release === null || over.has(release.phase)) return null;
  return h("div", {}, release.question === null ? null : questionBox(release), releaseButtons(release));
}

export function releaseButtons(release: Release): HTMLElement | null {
  const { phase, question } = release;
  const buttons: Child[] = [
    question !== null && may("approver") ? button("Say yes to this evidence…", () => signOff(release), "") : null,
    !over.has(phase) && phase !== "paused" && may("operator") ? button("Hold the release…", () => hold(release)) : null,
    phase === "paused" && may("operator") ? button("Let the release go on…", () => resume(release)) : null,
    !over.has(phase) && question === null && may("approver")
      ? button("Open the next step early…", () => advance(release))
      : null,
  ];
  return buttons.every((one) => one === null) ? null : h("p", { class: "buttons" }, ...buttons);
}

const path = (release: Release, what: string): string => `${modelPath(release.model)}/release/${what}`;

/** @returns where the release is now */
async function send(release: Release, what: string, body: unknown): Promise<string> {
  const now = await call<Release>(path(release, what), "POST", body);
  refresh();
  return `Release of ${now.model} ${now.challenger}: ${now.at}`;
}

/** The word is given for the hash that was shown; where other evidence came meanwhile, the server refuses and asks again. */
function signOff(release: Release): void {
  const evidenceHash = release.question?.evidence ?? "";
  ask({
    title: `Say yes to the release of ${release.model} ${release.challenger}?`,
    body: [
      p(release.question?.text ?? ""),
      p(whoMust(release)),
      release.analysis === null
        ? p("No traffic has been compared yet.", "quiet")
        : p(`The numbers so far: ${release.analysis.reason}.`),
      folded("All numbers", evidence(release)),
      p(["Your name and this evidence are kept together: ", h("code", {}, evidenceHash)], "quiet"),
    ],
    typed: release.model,
    yes: `Yes, go on with ${release.challenger}`,
    act: () => send(release, "approve", { evidence: evidenceHash }),
  });
}

function hold(release: Release): void {
  const reason = field("Why (kept in the audit trail)");
  ask({
    title: `Hold the release of ${release.model} ${release.challenger}?`,
    body: [p("Traffic stays as it is, and the brake works on.")],
    fields: [reason],
    yes: "Hold it",
    act: () => send(release, "hold", { reason: reason.input.value.trim() || "held from the console" }),
  });
}

function resume(release: Release): void {
  ask({
    title: `Let the release of ${release.model} ${release.challenger} go on?`,
    body: [p("It goes on where it was held.")],
    yes: "Go on",
    act: () => send(release, "resume", {}),
  });
}

function advance(release: Release): void {
  const reason = field("Why (kept in the audit trail)");
  const unproven = release.stages[release.position.stage + 1]?.unproven ?? [];
  ask({
    title: `Open the next step of ${release.model} ${release.challenger} ahead of the numbers?`,
    body: [
      p("More traffic goes to the challenger although the numbers do not say so yet."),
      unproven.length === 0
        ? null
        : p(`You consent to cohorts where it was not proven: ${unproven.join(", ")}.`, "bad"),
    ],
    fields: [reason],
    typed: release.model,
    yes: "Open the next step",
    danger: true,
    act: () => send(release, "advance", { reason: reason.input.value.trim() || "from the console", consent: unproven }),
  });
}

function stagesTable({ stages, position, phase, forecast }: Release): HTMLElement {
  const rows = stages.map((stage, i) => {
    const state =
      stage.open >= 1
        ? "✓ passed"
        : stage.open > 0
          ? `open at ${percent(stage.open)}`
          : over.has(phase)
            ? "closed"
            : "to come";
    const steps = forecast.filter((step) => step.stage === i);
    const days = steps.map((step) => step.days).filter((one) => one !== null);
    const units = steps.reduce((sum, step) => sum + (step.units ?? 0), 0);
    const expected =
      days.length === 0 || days.length < steps.length
        ? "not known"
        : `${number(Math.ceil(units))} units, ${daysWords(days.reduce((a, b) => a + b, 0))}`;
    return [
      h("span", {}, `${i + 1}. ${stage.cohort}`, i === position.stage && !over.has(phase) ? " (now)" : ""),
      stage.shares.map(percent).join(", "),
      state,
      expected,
      stage.approve.length > 0 ? stage.approve.join(", ") : stage.unproven.length > 0 ? "an approver" : "nobody",
      stage.reason,
    ];
  });
  return table("Stages", ["stage", "shares", "state", "to decide takes", "who must say yes", "why here"], rows);
}

function daysWords(days: number): string {
  if (days < 1 / 24) return "less than an hour";
  return days < 2 ? `${Math.round(days * 24)} h` : `${Math.round(days)} days`;
}

function evidence({ analysis }: Release): HTMLElement {
  if (analysis === null) return p("No traffic has been compared yet.", "quiet");
  const { checks, sampleRatio, units, reason, evidence: hash } = analysis;
  const rows = checks.map((check) => [
    check.name,
    h("span", { class: check.outcome === "breach" ? "bad says" : "says" }, glyphs[check.outcome]),
    number(check.control),
    number(check.treatment),
    check.low === null || check.high === null ? "–" : `${number(check.low, 3)} to ${number(check.high, 3)}`,
    intervalPicture(check),
    number(check.margin),
    number(check.units),
    check.method,
  ]);
  const [control = 0, treatment = 0] = sampleRatio.counts;
  const ratio = sampleRatio.mismatch ? "✗ units were not split as planned" : "✓ units were split as planned";
  return h(
    "div",
    {},
    p(`${reason}. ${counted(units, "unit")} in the smaller arm.`),
    table(
      "Evidence",
      [
        "guard",
        "says",
        "#champion",
        "#challenger",
        "#worse by (holds at every look)",
        "picture",
        "#tolerated",
        "#n",
        "method",
      ],
      rows,
    ),
    p(
      `${ratio}: ${number(control)} and ${number(treatment)}${sampleRatio.pValue === null ? "" : `, p ${number(sampleRatio.pValue, 3)}`}.`,
      "quiet",
    ),
    facts([["hash of the evidence", h("code", {}, hash)]]),
  );
}

function decisions({ decisions: all }: Release): HTMLElement {
  const rows = all.toReversed().map((one) => [time(one.at), one.by, one.decision, one.to, one.reason]);
  return folded(`What was decided (${all.length})`, table("Decisions", ["when", "by", "decision", "to", "why"], rows));
}

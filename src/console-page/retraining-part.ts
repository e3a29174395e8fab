/** Retrainings: what they came to, their steps, what the steps wrote, and the button for another. */
import { h } from "../report-page/dom.ts";
import { ask } from "./ask.ts";
import { button, decisionWords, folded, number, p, section, table, time, timeWords } from "./parts.ts";
import { refresh } from "./refresh.ts";
import { call, may, modelPath } from "./server.ts";
import type { Retraining, RunLogs } from "./types.ts";

export function retrainingSection(name: string, runs: readonly Retraining[]): HTMLElement {
  return section(
    "Retraining",
    runs.length === 0
      ? h("p", {}, "None yet. A policy with ", h("code", {}, "retrain:"), " and steps makes it possible.")
      : null,
    may("operator")
      ? h(
          "p",
          { class: "buttons" },
          button("Train again now…", () => trainAgain(name)),
        )
      : null,
    ...runs.map(retraining),
  );
}

function trainAgain(name: string): void {
  ask({
    title: `Train ${name} again?`,
    body: [
      p(
        "The steps of the policy run; what comes out is registered and judged against what is live. Nothing goes live by it.",
      ),
    ],
    yes: "Train again",
    act: async () => {
      await call(`${modelPath(name)}/retrainings`, "POST");
      refresh();
      return `${name} is trained again; what comes of it is told below`;
    },
  });
}

const states = { running: "… running", judged: "", failed: "✗ failed" } as const;

function retraining(run: Retraining): HTMLElement {
  const outcome = run.decision === null ? states[run.state] : decisionWords(run.decision);
  const made = run.version === null ? "" : `version ${run.version}: `;
  return h(
    "article",
    {},
    h("h3", {}, `${made}${outcome}${run.reason === null ? "" : ` · ${run.reason}`}`),
    p(
      [
        "begun ",
        time(run.started),
        run.ended === null ? ", under way" : `, ended ${timeWords(run.ended)}`,
        ` · by ${run.by}`,
      ],
      "quiet",
    ),
    p(`Because: ${run.causes.join("; ")}.`),
    run.final === null ? null : p(`Trained on everything: version ${run.final.version}; ${run.final.reason}.`),
    run.record === null ? null : steps(run),
    logs(run),
  );
}

interface StepRecord {
  readonly steps: readonly {
    readonly name: string;
    readonly command?: readonly string[];
    readonly exitCode?: number | null;
    readonly seconds: number;
    readonly inputs: readonly { readonly path: string; readonly sha256: string }[];
    readonly outputs: readonly { readonly path: string; readonly sha256: string }[];
  }[];
  readonly environment: Readonly<Record<string, string | null>>;
}

/** The record of the steps is a file: it is asked for when it is looked at. */
function steps(run: Retraining): HTMLElement {
  const details = folded(`Steps of run ${run.run}`);
  if (!may("operator")) {
    details.append(p("An operator may read the record of the steps.", "quiet"));
    return details;
  }
  let asked = false;
  details.addEventListener("toggle", () => {
    if (asked) return;
    asked = true;
    void call<StepRecord>(`/v1/artifacts/${run.record ?? ""}`).then(
      (record) => details.append(stepTable(run.run, record)),
      (error: unknown) => details.append(p(String(error), "bad")),
    );
  });
  return details;
}

function stepTable(run: string, record: StepRecord): HTMLElement {
  const files = (list: StepRecord["steps"][number]["inputs"]): string =>
    list.map(({ path, sha256 }) => `${path} (${sha256.slice(0, 12)}…)`).join(", ");
  const rows = record.steps.map((step) => [
    step.name,
    h("code", {}, step.command?.join(" ") ?? ""),
    step.exitCode === 0 ? "✓ 0" : `✗ ${step.exitCode ?? "did not run"}`,
    `${step.seconds.toFixed(1)} s`,
    files(step.inputs),
    files(step.outputs),
  ]);
  const environment = Object.entries(record.environment).flatMap(([key, value]) =>
    value === null ? [] : [`${key} ${value}`],
  );
  return h(
    "div",
    {},
    table(`Steps of run ${run}`, ["step", "command", "ended", "#took", "read (SHA-256)", "wrote (SHA-256)"], rows),
    p(`Made on ${environment.join(", ")}. Again, and compared: umpire reproduce.`, "quiet"),
  );
}

const FIRST_BYTES = 16_384;
const MOST_BYTES = 1_000_000;

/** What the steps wrote: their ends first, more on demand, as text. They may hold what the data hold: an operator's. */
function logs(run: Retraining): HTMLElement | null {
  if (!may("operator")) return null;
  const details = folded(`What its steps wrote, run ${run.run}`);
  const inside = h("div", { "aria-live": "polite" });
  details.append(inside);
  const show = async (bytes: number): Promise<void> => {
    try {
      const found = await call<RunLogs>(
        `${modelPath(run.model)}/retrainings/${encodeURIComponent(run.run)}/logs?bytes=${bytes}`,
      );
      inside.replaceChildren(...logParts(run, found, bytes, (more) => void show(more)));
      // The end is what one looks for.
      for (const text of inside.querySelectorAll("pre")) text.scrollTop = text.scrollHeight;
    } catch (error) {
      inside.replaceChildren(p(error instanceof Error ? error.message : String(error), "bad"));
    }
  };
  details.addEventListener("toggle", () => {
    if (details.hasAttribute("open")) void show(FIRST_BYTES);
  });
  return details;
}

function logParts(run: Retraining, { logs: found }: RunLogs, bytes: number, show: (bytes: number) => void): Node[] {
  const isCut = found.some(({ cut }) => cut);
  return [
    ...(found.length === 0
      ? [p(run.state === "running" ? "Nothing yet." : "Nothing is kept: it ran elsewhere, or its folder was cleared.")]
      : []),
    ...found.flatMap(({ step, bytes: all, text, cut }) => [
      h("h4", {}, `${step}${cut ? `, the end of ${number(all)} bytes` : `, ${number(all)} bytes`}`),
      text === ""
        ? p("It wrote nothing.", "quiet")
        : h("pre", { class: "log", tabindex: 0, role: "region", "aria-label": `Log of ${step}` }, plainText(text)),
    ]),
    h(
      "p",
      { class: "buttons" },
      isCut && bytes < MOST_BYTES ? button("More of it", () => show(Math.min(MOST_BYTES, bytes * 8))) : null,
      run.state === "running" ? button("Look again", () => show(bytes)) : null,
      isCut && bytes >= MOST_BYTES
        ? h("span", { class: "quiet" }, `The whole is in the server's state folder, runs/${run.run}`)
        : null,
    ),
  ];
}

/** Without colours, and of a line that was written over and over (progress) what it ended as. */
function plainText(text: string): string {
  const plain = text.replaceAll(/\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007]*\u0007)/g, "").replaceAll("\r\n", "\n");
  return plain.replaceAll(/^.*\r(?=[^\n])/gm, "");
}

/** What people decide over models' heads: seen, entered and ended here, done by the gateways. */
import { h } from "../report-page/dom.ts";
import { ask, choice, type Field, field } from "./ask.ts";
import { at, block, button, link, p, type Shown, table, time, timeWords } from "./parts.ts";
import { refresh } from "./refresh.ts";
import { call, may } from "./server.ts";
import type { Override, OverrideDone, OverrideSubject, Status } from "./types.ts";

type Kind = Override["kind"];

const DAY = 86_400_000;

export async function overridesView(): Promise<Shown> {
  const [status, { overrides }] = await Promise.all([
    call<Status>("/v1/status"),
    call<{ overrides: Override[] }>("/v1/overrides"),
  ]);
  const models = status.models.map(({ name }) => name);
  return {
    title: "Overrides",
    blocks: [
      block("overrides head", [models, status.gateways.length], () => head(models, status.gateways.length)),
      block("overrides", overrides, () => list(overrides)),
    ],
  };
}

function head(models: readonly string[], gateways: number): HTMLElement {
  return h(
    "div",
    {},
    h("h1", {}, "Overrides"),
    p(
      "What people decide over a model's head. It counts from a gateway's next request on, also while this server is away; every answer that it changed says so.",
    ),
    gateways === 0
      ? h("p", {}, "No gateway follows this server: ", h("code", {}, `umpire gateway --server ${location.origin}`))
      : null,
    may("operator")
      ? h(
          "p",
          { class: "buttons" },
          button("Block an item…", () => enter("block", models)),
          button("Boost an item…", () => enter("boost", models)),
          button("Opt somebody out…", () => enter("opt-out", models)),
        )
      : p("Your role may look; an operator may enter and end them.", "quiet"),
  );
}

const kinds: Readonly<Record<Kind, string>> = { block: "block", boost: "boost", "opt-out": "opt-out" };

function list(overrides: readonly Override[]): HTMLElement {
  const rows = overrides.map((one) => [
    kinds[one.kind],
    one.model === null ? "every model" : link(at.model(one.model), one.model),
    one.reason,
    one.by,
    one.expires === null ? "when somebody ends it" : time(one.expires),
    one.gateway,
    may("operator") ? button("End it…", () => void end(one)) : "",
  ]);
  return h(
    "div",
    {},
    overrides.length === 0
      ? p("None is in force.")
      : table("Overrides in force", ["what", "of", "why", "by", "ends", "gateway", "to do"], rows),
    p(
      [
        "Which item or person one is about stays at its gateway; it is asked there when you end one. ",
        link(at.audit("override", ""), "Who entered and ended them"),
      ],
      "quiet",
    ),
  );
}

const whatItDoes: Readonly<Record<Kind, (name: string) => string>> = {
  block: (name) => `${name} is left out of lists; a request about it alone is answered without a prediction`,
  boost: (name) => `the score of ${name} is changed`,
  "opt-out": (name) => `nothing personal of ${name} is used or kept; who is opted out gets the general answer`,
};
const titles: Readonly<Record<Kind, string>> = {
  block: "Block an item",
  boost: "Boost an item",
  "opt-out": "Opt somebody out",
};
const verbs: Readonly<Record<Kind, string>> = { block: "Block", boost: "Boost", "opt-out": "Opt out" };

function enter(kind: Kind, models: readonly string[]): void {
  const name = needed(
    field(kind === "opt-out" ? "Who (the unit, such as customer-7)" : "Item (or the id of a record)"),
  );
  const model = choice("Of", [
    ["", "every model"],
    ...models.map((one): [string, string] => [one, `the model ${one}`]),
  ]);
  const factor = numeric(field("Its score times", kind === "boost" ? "1.2" : ""));
  const add = numeric(field("and so much more (may be empty)"));
  const limit = numeric(field("For so many predictions of each gateway (empty: any number)"), "1");
  const until = choice("Until", [
    ["", "somebody ends it"],
    ["1", "a day from now"],
    ["7", "7 days from now"],
    ["30", "30 days from now"],
    ["day", "the end of a day that I choose"],
  ]);
  const day = field("Which day (UTC)", "", "date");
  const reason = needed(field("Why (told to whoever asks why an answer was changed)"));
  const follows = h("p", { "aria-live": "polite" });
  const ends = (): string | null => {
    const chosen = until.input.value;
    if (chosen === "") return null;
    if (chosen !== "day") return new Date(Date.now() + Number(chosen) * DAY).toISOString();
    return day.input.value === "" ? null : new Date(Date.parse(day.input.value) + DAY).toISOString();
  };
  // Sent again after a lost answer, it is the same one.
  const id = [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const go = ask({
    title: titles[kind],
    body: [follows],
    fields: [name, ...(kind === "boost" ? [factor, add, limit] : []), model, until, day, reason],
    yes: verbs[kind],
    act: async () => {
      const about = name.input.value.trim();
      const done = await call<OverrideDone>("/v1/overrides", "POST", {
        id,
        kind,
        ...(kind === "opt-out" ? { unit: about } : { item: about }),
        ...(kind === "boost" ? numbers({ factor, add, limit }) : {}),
        model: model.input.value || null,
        expires: ends(),
        reason: reason.input.value.trim(),
      });
      refresh();
      return `${verbs[kind]} ${about}: in force ${where(done)}`;
    },
  });
  const say = (): void => {
    const about = name.input.value.trim();
    const end = ends();
    const ofDay = until.input.value === "day";
    day.input.required = ofDay;
    day.input.closest<HTMLElement>(".field")!.hidden = !ofDay;
    go.textContent = `${verbs[kind]} ${about === "" ? "…" : about}`;
    const whose = model.input.value === "" ? "every model" : model.input.value;
    follows.textContent = `What follows: from its next request on, at every gateway that is there, ${whatItDoes[kind](about === "" ? "…" : about)}; of ${whose}; ${end === null ? "until somebody ends it" : `until ${timeWords(end)}`}.`;
  };
  for (const { input } of [name, model, until, day]) input.addEventListener("input", say);
  say();
}

async function end(one: Override): Promise<void> {
  const path = `/v1/overrides/${encodeURIComponent(one.gateway)}/${encodeURIComponent(one.id)}`;
  const about = h("strong", {}, "asking the gateway…");
  ask({
    title: `End this ${kinds[one.kind]}?`,
    body: [
      p([`${verbs[one.kind]} `, about, ` · ${one.model ?? "every model"} · by ${one.by}: ${one.reason}`]),
      p(`From the next request on, gateway ${one.gateway} answers as if it had never been entered.`),
    ],
    yes: "End it",
    danger: true,
    act: async () => {
      const done = await call<OverrideDone>(path, "DELETE");
      refresh();
      return `Ended ${where(done)}`;
    },
  });
  try {
    about.textContent = (await call<OverrideSubject>(path)).subject;
  } catch (error) {
    about.textContent = `(the gateway does not say of whom: ${error instanceof Error ? error.message : String(error)})`;
  }
}

function where({ done, failed }: OverrideDone): string {
  const not = failed.map(({ gateway, problem }) => `; NOT at ${gateway}: ${problem}`).join("");
  return `at ${done.join(", ")}${not}`;
}

function needed<Kind extends Field>(one: Kind): Kind {
  if (one.input instanceof HTMLInputElement) one.input.required = true;
  return one;
}

function numeric<Kind extends Field & { readonly input: HTMLInputElement }>(one: Kind, step = "any"): Kind {
  one.input.type = "number";
  one.input.step = step;
  return one;
}

/** What was filled in. */
function numbers(fields: Readonly<Record<string, Field>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([key, { input }]) => (input.value === "" ? [] : [[key, Number(input.value)]])),
  );
}

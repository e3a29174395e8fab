/** What somebody who asks about one answer is told: a support agent types its id and reads out what is there. */
import { h } from "../report-page/dom.ts";
import { field, labelled } from "./ask.ts";
import { at, block, facts, folded, link, p, type Shown } from "./parts.ts";
import { refresh } from "./refresh.ts";
import { call, Refused } from "./server.ts";
import type { Answers } from "./types.ts";

export async function answersView([id = ""]: readonly string[]): Promise<Shown> {
  const found = id === "" ? null : await find(id);
  return {
    title: id === "" ? "Answers" : `Answer ${id}`,
    blocks: [
      block("answers head", id, () => head(id)),
      ...(found === null ? [] : [block("answers found", found, () => shown(found))]),
    ],
  };
}

/** What is in the log stays: the view, which is loaded again with every change, searches once. */
let last: { readonly id: string; readonly found: Answers | string } | null = null;

async function find(id: string): Promise<Answers | string> {
  if (last?.id !== id) last = { id, found: await search(id) };
  return last.found;
}

async function search(id: string): Promise<Answers | string> {
  try {
    return await call<Answers>(`/v1/answers?id=${encodeURIComponent(id)}`);
  } catch (error) {
    if (error instanceof Refused && error.status === 404) return error.message;
    throw error;
  }
}

function head(id: string): HTMLElement {
  const wanted = field("Id of the answer or of its request, or the caller's own key for it", id);
  wanted.input.required = true;
  const go = (event: Event): void => {
    event.preventDefault();
    last = null;
    if (wanted.input.value.trim() === id) refresh();
    location.hash = `#/answers/${encodeURIComponent(wanted.input.value.trim())}`;
  };
  return h(
    "div",
    {},
    h("h1", {}, "Why was this answered?"),
    p("What a gateway answered, when, by which version, and what had a say in it, in sentences to be read out."),
    h(
      "form",
      { class: "key", submit: go },
      labelled(wanted),
      h("p", { class: "buttons" }, h("button", { type: "submit", class: "act" }, "Look it up")),
    ),
  );
}

function shown(found: Answers | string): HTMLElement {
  if (typeof found === "string") return p(found, "bad");
  return h(
    "div",
    { "aria-live": "polite" },
    found.cut ? p(`The first ${found.answers.length} of one request.`, "quiet") : null,
    ...found.answers.map(answer),
    p("What a single feature did to a score is not in the log, and is not told here.", "quiet"),
  );
}

function answer(one: Answers["answers"][number]): HTMLElement {
  const [first = "", ...others] = one.says;
  const features = one.features === null ? [] : Object.entries(one.features);
  return h(
    "article",
    {},
    h("h2", {}, first),
    ...others.map((sentence) => p(sentence)),
    features.length === 0
      ? null
      : folded(
          `What was known when it was asked (${features.length})`,
          facts(features.map(([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)])),
        ),
    p(
      [
        link(at.version(one.model, one.version), `Version ${one.version} of ${one.model}`),
        ` · id ${one.id}`,
        one.key === null ? "" : ` · key ${one.key}`,
      ],
      "quiet",
    ),
  );
}

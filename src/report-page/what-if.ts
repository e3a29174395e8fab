/** Live weights: every entry of the policy with its weight, margin and blocking; the verdict on them; ways to keep it. */
import { count, plural } from "../core/report/numbers.ts";
import { change, type Flip, type Knob, type Settings } from "../core/report/flip.ts";
import type { EntryChange } from "../core/report/policy-edit.ts";
import { firstSentence, outcomeGlyphs, outcomeWords } from "../core/report/words.ts";
import { h, section, setText } from "./dom.ts";
import { flipBox } from "./flip-box.ts";
import { keepButtons } from "./keep.ts";
import type { Model } from "./model.ts";

const FIRST = 12;

interface KnobState {
  readonly knob: Knob;
  weight: number;
  margin: number;
  blocking: boolean;
}

interface Control {
  readonly element: HTMLElement;
  read(): void;
}

export function whatIf(model: Model): HTMLElement {
  const { verdict, policy } = model.evidence;
  if (policy?.entries.length === 0 && verdict.slices.every((s) => s.where === null)) return noEntries(model);
  const states = model.knobs.map((knob) => stateOf(model, knob));
  let queued = false;
  const moved = (): void => {
    if (queued) return;
    queued = true;
    // One decision a frame, however many events a slider sends.
    requestAnimationFrame(() => {
      queued = false;
      model.update(settingsFrom(model, states));
    });
  };
  const controls = states.map((state) => control(model, state, moved));
  const reset = (): void => {
    states.forEach((state) => Object.assign(state, stateOf(model, state.knob)));
    for (const c of controls) c.read();
    model.update(model.issued);
  };
  const take = (flip: Flip): void => {
    const state = states.find((s) => s.knob.name === flip.knob);
    if (state === undefined) return;
    if (flip.what === "blocking") state.blocking = flip.to === 1;
    else state[flip.what] = flip.to;
    for (const c of controls) c.read();
    model.update(settingsFrom(model, states));
  };
  const list = h("div", { class: "knobs" });
  const order = controls.map((_, i) => i).sort((a, b) => load(model, states[b]) - load(model, states[a]));
  const few = order.slice(0, FIRST + 2 >= order.length ? order.length : FIRST);
  for (const i of few) list.append(controls[i]?.element ?? "");
  const rest = order.slice(few.length);
  const more = h(
    "button",
    { type: "button", class: "plain", hidden: rest.length === 0 },
    `Show ${count(rest.length)} more ${plural("entry")}`,
  );
  more.addEventListener("click", () => {
    for (const i of rest) list.append(controls[i]?.element ?? "");
    more.hidden = true;
  });
  return section(
    "what-if",
    "Try other weights",
    result(model, reset, () => changesOf(model, states)),
    flipBox(model, take),
    h(
      "p",
      { class: "note" },
      "Weight: how much an entry counts, from 0 to 1. Margin: how much worse a blocking slice may get. Nothing here changes the verdict that was issued.",
    ),
    list,
    more,
  );
}

/** Without slices there is nothing to weigh: the lines that change this. */
function noEntries(model: Model): HTMLElement {
  const note = model.evidence.verdict.notes.find((n) => n.code === "no-slices");
  const lines = note?.mend ?? ["slices:", "  NAME: { where: { COLUMN: VALUE }, weight: 1, blocking: true }"];
  return section(
    "what-if",
    "Weigh the slices that matter",
    h("p", {}, "The policy names no slices, so one average decides, and an average hides who loses."),
    h("p", {}, "Add lines like these to the policy and judge again; then their weights can be moved here."),
    h("pre", { class: "yaml", tabindex: 0, "aria-label": "lines for the policy" }, lines.join("\n")),
  );
}

function load(model: Model, state: KnobState | undefined): number {
  return state === undefined
    ? 0
    : state.knob.slices.length * state.weight + (state.blocking ? 1000 : 0) - (model.views.length > 0 ? 0 : 1);
}

function stateOf(model: Model, knob: Knob): KnobState {
  const first = knob.slices[0] ?? 0;
  return {
    knob,
    weight: (model.issued.weights[first] ?? 0) / (knob.shares?.[0] || 1),
    margin: model.issued.margins[first] ?? 0,
    blocking: model.issued.blocking[first] === 1,
  };
}

function settingsFrom(model: Model, states: readonly KnobState[]): Settings {
  return states.reduce<Settings>((settings, state) => {
    const before = stateOf(model, state.knob);
    let next = settings;
    if (state.weight !== before.weight) next = change(next, state.knob, "weight", state.weight);
    if (state.margin !== before.margin) next = change(next, state.knob, "margin", state.margin);
    if (state.blocking !== before.blocking) next = change(next, state.knob, "blocking", state.blocking ? 1 : 0);
    return next;
  }, model.issued);
}

function changesOf(model: Model, states: readonly KnobState[]): Map<string, EntryChange> {
  const changes = new Map<string, EntryChange>();
  for (const state of states) {
    const before = stateOf(model, state.knob);
    const made: EntryChange = {
      ...(state.weight === before.weight ? {} : { weight: state.weight }),
      ...(state.margin === before.margin ? {} : { margin: state.margin }),
      ...(state.blocking === before.blocking ? {} : { blocking: state.blocking }),
    };
    if (Object.keys(made).length > 0) changes.set(state.knob.name, made);
  }
  return changes;
}

let ids = 0;

function numberInput(label: string, value: number, options: { max?: number; step: number }, set: (v: number) => void) {
  const id = `n${++ids}`;
  const input = h("input", {
    id,
    type: "number",
    min: 0,
    max: options.max ?? null,
    step: options.step,
    value,
    inputmode: "decimal",
    "aria-label": label,
  });
  input.addEventListener("input", () => {
    const v = input.valueAsNumber;
    if (Number.isFinite(v) && v >= 0 && v <= (options.max ?? Number.POSITIVE_INFINITY)) set(v);
  });
  return input;
}

function slider(label: string, value: number, max: number, step: number, set: (v: number) => void): HTMLInputElement {
  const input = h("input", { type: "range", min: 0, max, step, value, "aria-label": label });
  input.addEventListener("input", () => set(input.valueAsNumber));
  return input;
}

/** A margin's slider ends where the whole interval of the widest slice would be within it. */
function marginRange(model: Model, knob: Knob): { max: number; step: number } {
  const bounds = knob.slices.flatMap((s) => (model.views[s]?.interval ?? []).filter(Number.isFinite).map(Math.abs));
  const largest =
    Math.max(model.evidence.gate.margin, ...bounds, ...knob.slices.map((s) => model.issued.margins[s] ?? 0)) || 0.1;
  const step = 10 ** (Math.floor(Math.log10(largest)) - 2);
  return { max: Number((Math.ceil((largest * 1.1) / step) * step).toPrecision(6)), step: Number(step.toPrecision(1)) };
}

function control(model: Model, state: KnobState, moved: () => void): Control {
  const { name, slices } = state.knob;
  const range = marginRange(model, state.knob);
  const set = (what: "weight" | "margin", value: number): void => {
    state[what] = value;
    read();
    moved();
  };
  const weight = slider(`Weight of ${name}`, state.weight, 1, 0.01, (v) => set("weight", v));
  const weightNumber = numberInput(`Weight of ${name}, as a number`, state.weight, { max: 1, step: 0.01 }, (v) =>
    set("weight", v),
  );
  const margin = slider(`Margin of ${name}`, state.margin, range.max, range.step, (v) => set("margin", v));
  const marginNumber = numberInput(`Margin of ${name}, as a number`, state.margin, { step: range.step }, (v) =>
    set("margin", v),
  );
  const blocking = h("input", { type: "checkbox", role: "switch", "aria-label": `${name} blocks` });
  blocking.addEventListener("change", () => {
    state.blocking = blocking.checked;
    read();
    moved();
  });
  const marginLine = h(
    "div",
    { class: "setting" },
    h("span", { class: "what", "aria-hidden": "true" }, "margin"),
    margin,
    marginNumber,
  );
  const before = stateOf(model, state.knob);
  const element = h(
    "fieldset",
    { class: "knob" },
    h(
      "legend",
      { title: name },
      name,
      slices.length > 1 ? h("span", { class: "quiet" }, ` ${count(slices.length)} slices`) : null,
    ),
    h("div", { class: "setting" }, h("span", { class: "what", "aria-hidden": "true" }, "weight"), weight, weightNumber),
    marginLine,
    h("label", { class: "blocks" }, blocking, " blocks: must not get worse"),
  );
  const put = (input: HTMLInputElement, value: number): void => {
    if (document.activeElement !== input || input.type === "range") input.value = String(value);
  };
  const read = (): void => {
    put(weight, state.weight);
    put(weightNumber, state.weight);
    put(margin, state.margin);
    put(marginNumber, state.margin);
    blocking.checked = state.blocking;
    marginLine.hidden = !state.blocking;
    element.classList.toggle(
      "changed",
      state.weight !== before.weight || state.margin !== before.margin || state.blocking !== before.blocking,
    );
  };
  read();
  return { element, read };
}

/** The verdict on the settings tried out; says that it was not issued. */
function result(model: Model, reset: () => void, changes: () => Map<string, EntryChange>): HTMLElement {
  const mark = h("p", { class: "mark" }, "what-if, not issued");
  const badge = h("strong", { class: "badge" });
  const sentence = h("p", { class: "sentence" });
  const score = h("p", { class: "facts" });
  const buttons = h(
    "div",
    { class: "buttons" },
    h("button", { type: "button", click: reset }, "Reset to the issued policy"),
    ...keepButtons(model, changes),
  );
  const box = h(
    "div",
    { class: "result", role: "status", "aria-live": "polite" },
    mark,
    badge,
    sentence,
    score,
    buttons,
  );
  const update = (): void => {
    const facts = model.facts();
    const now = model.whatIf;
    box.classList.toggle("tried", now !== null);
    document.body.classList.toggle("tried", now !== null);
    mark.hidden = now === null;
    buttons.hidden = now === null;
    badge.dataset["outcome"] = facts.decision;
    setText(badge, `${outcomeGlyphs[facts.decision]} ${outcomeWords[facts.decision]}`);
    setText(sentence, now === null ? "As issued. Move a slider: the verdict follows." : firstSentence(facts));
    const total = model.settings.weights.reduce((a, b) => a + b, 0);
    const undecided = now?.gates.find((g) => g.outcome !== "pass");
    setText(
      score,
      total === 0
        ? "All weights are 0: then nothing is judged."
        : undecided === undefined
          ? ""
          : `${undecided.name}: ${undecided.reason}`,
    );
    score.hidden = score.textContent === "";
  };
  update();
  model.listen(update);
  return box;
}

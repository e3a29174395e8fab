/** The one dialog: what will follow, the fields, and a button that says what it does. */
import { h } from "../report-page/dom.ts";
import { button, type Child } from "./parts.ts";

export interface Field {
  readonly label: string;
  readonly input: HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;
}

export interface Question {
  readonly title: string;
  readonly body?: readonly Child[];
  readonly fields?: readonly Field[];
  /** To be typed before the button can be pressed. */
  readonly typed?: string;
  readonly yes: string;
  readonly danger?: boolean;
  /** What the button does, and then tells; the dialog stays and says why where it is refused. */
  readonly act: () => Promise<string>;
}

let counter = 0;

/** What the last button did, above every view until another is opened; empty: nothing. */
export function tell(text: string, problem = false): void {
  let told = document.getElementById("told");
  if (told === null) {
    told = h("p", { id: "told", role: "status" });
    document.querySelector("main")?.before(told);
  }
  told.textContent = text === "" ? "" : `${problem ? "✗" : "✓"} ${text}`;
  told.classList.toggle("bad", problem);
}

export function field(label: string, value = "", kind = "text"): Field & { readonly input: HTMLInputElement } {
  return { label, input: h("input", { id: `field-${counter++}`, type: kind, value, autocomplete: "off" }) };
}

export function choice(
  label: string,
  options: readonly (readonly [value: string, text: string])[],
): Field & { readonly input: HTMLSelectElement } {
  const input = h(
    "select",
    { id: `field-${counter++}` },
    ...options.map(([value, text]) => h("option", { value }, text)),
  );
  return { label, input };
}

export function labelled({ label, input }: Field): HTMLElement {
  return h("div", { class: "field" }, h("label", { for: input.id }, label), input);
}

/** @returns its button, whose words may change with what was chosen */
export function ask(question: Question): HTMLButtonElement {
  const { title, body = [], fields = [], typed, yes, danger = false, act } = question;
  const name = typed === undefined ? null : field(`Type the model's name, ${typed}, to confirm`);
  const problem = h("p", { class: "bad", role: "alert" });
  const go = h("button", { type: "submit", class: danger ? "brake" : "act" }, yes);
  const fits = (): boolean => name === null || name.input.value.trim() === typed;
  const ready = (): void => void (go.disabled = !fits());
  name?.input.addEventListener("input", ready);
  ready();
  const dialog = h("dialog", { "aria-labelledby": "asked" });
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (!fits() || go.disabled) return;
    go.disabled = true;
    problem.textContent = "";
    try {
      const done = await act();
      dialog.close();
      tell(done);
    } catch (error) {
      problem.textContent = error instanceof Error ? error.message : String(error);
      ready();
    }
  };
  const form = h(
    "form",
    { submit: (event: Event) => void submit(event) },
    h("h2", { id: "asked" }, title),
    ...body,
    ...fields.map(labelled),
    name === null ? null : labelled(name),
    problem,
    h(
      "div",
      { class: "buttons" },
      go,
      button("Cancel", () => dialog.close()),
    ),
  );
  dialog.append(form);
  const before = document.activeElement;
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (before instanceof HTMLElement && before.isConnected) before.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
  (fields[0]?.input ?? name?.input ?? go).focus();
  return go;
}

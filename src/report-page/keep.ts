/** Taking a what-if along: as YAML on the clipboard, or as the whole policy file. */
import { editedSection, editPolicy, type EntryChange, writtenSection } from "../core/report/policy-edit.ts";
import { h } from "./dom.ts";
import type { Model } from "./model.ts";

export function keepButtons(model: Model, changes: () => Map<string, EntryChange>): HTMLElement[] {
  const { policy, verdict } = model.evidence;
  const section = (): string =>
    policy === null || policy.entries.length === 0
      ? writtenSection(verdict.slices, changes())
      : editedSection(policy, changes());
  const said = h("span", { class: "said", role: "status" });
  const shown = h("pre", { class: "yaml", tabindex: 0, "aria-label": "slices section as YAML", hidden: true });
  const copy = h("button", { type: "button", click: () => void copyText() }, "Copy as YAML");
  const copyText = async (): Promise<void> => {
    const text = section();
    shown.textContent = text;
    shown.hidden = false;
    said.textContent = (await toClipboard(text, shown))
      ? "Copied: the slices section"
      : "Select the text below and copy it";
  };
  const download = h(
    "button",
    { type: "button", click: () => save() },
    policy === null ? "Download slices section" : "Download policy",
  );
  const save = (): void => {
    const text = policy === null ? section() : editPolicy(policy, changes());
    const name = policy === null ? "slices.yaml" : policy.name;
    const url = URL.createObjectURL(new Blob([text], { type: "application/yaml" }));
    h("a", { href: url, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
    said.textContent = `Saved as ${name}: judge again with it to have a verdict issued`;
  };
  return [copy, download, said, shown];
}

async function toClipboard(text: string, shown: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const selection = getSelection();
    selection?.selectAllChildren(shown);
    return false;
  }
}

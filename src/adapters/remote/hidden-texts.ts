/** Shorter values are no secrets, and hiding them would garble every message. */
const SHORTEST = 4;

/** Secrets that were sent to another server, and must not come back in a message: servers say what they were sent. */
export class HiddenTexts {
  readonly #shown = new Map<string, string>();

  /** @param shown what stands in place of the value */
  add(shown: string, value: string): void {
    if (value.length < SHORTEST) return;
    for (const form of [value, encodeURIComponent(value), encodeURI(value)]) this.#shown.set(form, shown);
  }

  addParameters(url: URL): void {
    for (const [name, value] of url.searchParams) this.add(`[${name}]`, value);
  }

  /** Their values, without the scheme. */
  addHeaders(headers: Readonly<Record<string, string>>): void {
    for (const [name, value] of Object.entries(headers)) this.add(`[${name}]`, value.replace(/^\w+ +(?=\S)/, ""));
  }

  /** The whole text, before it is cut: the beginning of a secret is one too. */
  hide(text: string): string {
    let shown = text;
    for (const [value, name] of this.#shown) shown = shown.replaceAll(value, name);
    return shown;
  }
}

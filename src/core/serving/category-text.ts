/**
 * Values that are no texts, written as a model's own categories are: what was trained in Python knows `True`, `1.0` and
 * `2024-01-31 00:00:00` where other languages write `true`, `1` and `2024-01-31T00:00:00.000Z`. A category that is
 * spelled otherwise than in training is unseen, and answered without a word.
 */
export class CategoryTexts {
  readonly #known: ReadonlySet<string>;
  readonly #booleans: readonly [string, string];

  /** @param known texts that the model compares with; empty where it does not say */
  constructor(known: Iterable<string>) {
    this.#known = new Set(known);
    this.#booleans = this.#known.has("true") && !this.#known.has("True") ? ["false", "true"] : ["False", "True"];
  }

  ofBoolean(value: boolean): string {
    return this.#booleans[value ? 1 : 0];
  }

  ofNumber(value: number | bigint): string {
    const text = String(value);
    if (this.#known.size === 0 || this.#known.has(text) || /[^-\d]/.test(text)) return text;
    return this.#known.has(`${text}.0`) ? `${text}.0` : text;
  }

  /** @param milliseconds since 1970, UTC */
  ofTime(milliseconds: number): string {
    const iso = new Date(milliseconds).toISOString();
    if (this.#known.size === 0) return iso;
    const seconds = iso.slice(0, 19);
    const day = iso.endsWith("T00:00:00.000Z") ? [iso.slice(0, 10)] : [];
    const spellings = [iso, `${seconds}Z`, seconds, seconds.replace("T", " "), ...day];
    return spellings.find((text) => this.#known.has(text)) ?? iso;
  }

  /** A text as it is, unless it is a time that the model spells otherwise. */
  ofText(text: string): string {
    if (this.#known.size === 0 || !/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(text) || this.#known.has(text)) return text;
    const time = Date.parse(text);
    if (Number.isNaN(time)) return text;
    const own = this.ofTime(time);
    return this.#known.has(own) ? own : text;
  }
}

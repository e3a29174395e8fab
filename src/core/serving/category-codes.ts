/** The codes of one column's categories, there and back. */
export class CategoryCodes {
  readonly #codes = new Map<string, number>();
  /** Of categories that are numbers (`1`, `2`, `2.5`): a request may hold them as such. */
  readonly #ofNumbers = new Map<number, number>();
  readonly #categories = new Map<number, string | number>();

  constructor(codes: Readonly<Record<string, number>>) {
    for (const [category, code] of Object.entries(codes)) {
      this.#codes.set(category, code);
      const number = category.trim() === "" ? Number.NaN : Number(category);
      if (!Number.isNaN(number)) this.#ofNumbers.set(number, code);
      if (!this.#categories.has(code)) this.#categories.set(code, String(number) === category ? number : category);
    }
  }

  /**
   * The code of a value as a request holds it; undefined for a category that is not known. Where no category is a
   * number, a number is the code itself.
   */
  codeOf(value: string | number | bigint | boolean): number | undefined {
    if (typeof value === "string") return this.#codes.get(value);
    if (typeof value === "boolean") {
      const text = String(value);
      return this.#codes.get(text) ?? this.#codes.get(value ? "True" : "False") ?? (value ? 1 : 0);
    }
    if (this.#ofNumbers.size > 0) return this.#ofNumbers.get(Number(value));
    return Number(value);
  }

  /** The category behind a code, as a request would hold it; undefined where there is none. */
  categoryOf(code: number): string | number | undefined {
    return this.#categories.get(code);
  }
}

/** The codes of every column whose categories have some. */
export function categoryCodes(
  encode: Readonly<Record<string, Readonly<Record<string, number>>>> | undefined,
): ReadonlyMap<string, CategoryCodes> {
  return new Map(Object.entries(encode ?? {}).map(([column, codes]) => [column, new CategoryCodes(codes)]));
}

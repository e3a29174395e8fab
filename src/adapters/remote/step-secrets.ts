import type { FailureDetails } from "../../core/failures.ts";

/** Shorter values are no secrets, and hiding them would garble every message. */
const SHORTEST_SECRET = 4;

/** Puts values of the environment into texts, and takes them out again of what is shown. */
export class StepSecrets {
  readonly #environment: Readonly<Record<string, string | undefined>>;
  readonly #refuse: (details: FailureDetails) => Error;
  readonly #used = new Map<string, string>();

  /** @param refuse makes the failure for a name that the environment does not have */
  constructor(environment: Readonly<Record<string, string | undefined>>, refuse: (details: FailureDetails) => Error) {
    this.#environment = environment;
    this.#refuse = refuse;
  }

  /** The text with each ${NAME} filled in. */
  fill(text: string): string {
    return text.replace(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (_whole, name: string) => {
      const value = this.#environment[name];
      if (value === undefined || value === "") {
        throw this.#refuse({
          message: `the environment has no ${name}`,
          mend: [`export ${name}=… before starting`],
        });
      }
      this.#used.set(name, value);
      return value;
    });
  }

  /** The text with ${NAME} where a value stands that was filled in: a server may say back what it was sent. */
  hide(text: string): string {
    let shown = text;
    for (const [name, value] of this.#used) {
      if (value.length < SHORTEST_SECRET) continue;
      for (const form of [value, encodeURIComponent(value), encodeURI(value)]) {
        shown = shown.replaceAll(form, `\${${name}}`);
      }
    }
    return shown;
  }
}

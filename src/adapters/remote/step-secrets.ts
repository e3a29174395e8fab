import type { FailureDetails } from "../../core/failures.ts";
import { HiddenTexts } from "./hidden-texts.ts";

/** Puts values of the environment into texts, and takes them out again of what is shown. */
export class StepSecrets {
  readonly #environment: Readonly<Record<string, string | undefined>>;
  readonly #refuse: (details: FailureDetails) => Error;
  readonly #hidden = new HiddenTexts();

  /** @param refuse makes the failure for a name that the environment does not have */
  constructor(environment: Readonly<Record<string, string | undefined>>, refuse: (details: FailureDetails) => Error) {
    this.#environment = environment;
    this.#refuse = refuse;
  }

  /** An address with each ${NAME} filled in: user and password as they are, whatever characters they hold. */
  fillAddress(address: string): string {
    const [, scheme = "", user, rest = address] = /^(\w+:\/\/)([^/?#]*@)(.*)$/s.exec(address) ?? [];
    return user === undefined
      ? this.fill(address)
      : `${scheme}${this.fill(user, encodeURIComponent)}${this.fill(rest)}`;
  }

  /** The text with each ${NAME} filled in. */
  fill(text: string, write = (value: string): string => value): string {
    return text.replace(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (_whole, name: string) => {
      const value = this.#environment[name];
      if (value === undefined || value === "") {
        throw this.#refuse({
          message: `the environment has no ${name}`,
          mend: [`export ${name}=… before starting`],
        });
      }
      this.#hidden.add(`\${${name}}`, value);
      return write(value);
    });
  }

  /** What is made of values that were filled in, and sent: a header. */
  addSent(headers: Readonly<Record<string, string>>): void {
    this.#hidden.addHeaders(headers);
  }

  /** The text with ${NAME} where a value stands that was filled in: a server may say back what it was sent. */
  hide(text: string): string {
    return this.#hidden.hide(text);
  }
}

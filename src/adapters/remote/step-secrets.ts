import type { FailureDetails } from "../../core/failures.ts";
import { type Environment, fillAddress, fillNames } from "../../schemas/written-secrets.ts";
import { HiddenTexts } from "./hidden-texts.ts";

/** Puts values of the environment into texts, and takes them out again of what is shown. */
export class StepSecrets {
  readonly #environment: Environment;
  readonly #refuse: (details: FailureDetails) => Error;
  readonly #hidden = new HiddenTexts();

  /** @param refuse makes the failure for a name that the environment does not have */
  constructor(environment: Environment, refuse: (details: FailureDetails) => Error) {
    this.#environment = environment;
    this.#refuse = refuse;
  }

  /** An address with each ${NAME} filled in: user and password as they are, whatever characters they hold. */
  fillAddress(address: string): string {
    return fillAddress(
      address,
      this.#environment,
      (name) => this.#missing(name),
      (value, name) => this.#hide(value, name),
    );
  }

  /** The text with each ${NAME} filled in. */
  fill(text: string): string {
    return fillNames(
      text,
      this.#environment,
      (name) => this.#missing(name),
      (value, name) => this.#hide(value, name),
    );
  }

  #missing(name: string): never {
    throw this.#refuse({ message: `the environment has no ${name}`, mend: [`export ${name}=… before starting`] });
  }

  #hide(value: string, name: string): string {
    this.#hidden.add(`\${${name}}`, value);
    return value;
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

/** A complete example that ships with the product: policies, models, the script that makes its data. */
export interface ExampleFolder {
  /** Path of the script that makes its table. */
  readonly script: string;
  /**
   * Copies policies and models into a folder. A policy there that differs is the user's: it is moved to `NAME.yours`.
   * @returns the new names of the policies that were moved
   * @throws Failure WRITE naming the folder
   */
  lay(destination: string): Promise<readonly string[]>;
}

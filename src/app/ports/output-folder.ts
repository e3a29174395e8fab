/** Where a job leaves its results. Files appear whole or not at all; those of one call appear together. */
export interface OutputFolder {
  /** @throws Failure WRITE naming the path; what was there before stays */
  write(files: ReadonlyMap<string, string | Uint8Array>): Promise<void>;
  /** Absolute path of a name in the folder, for messages. */
  path(name: string): string;
}

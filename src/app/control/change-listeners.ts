import type { AuditEntry } from "../../core/audit/audit-chain.ts";

type Listener = (entries: readonly AuditEntry[]) => void;

/** Who wants to hear of changes. A listener that throws harms neither the change nor the others. */
export class ChangeListeners {
  readonly #listeners = new Set<Listener>();
  readonly #onBug: (error: unknown) => void;

  constructor(onBug: (error: unknown) => void) {
    this.#onBug = onBug;
  }

  add(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  tell(entries: readonly AuditEntry[]): void {
    if (entries.length === 0) return;
    for (const listener of this.#listeners) {
      try {
        listener(entries);
      } catch (error) {
        this.#onBug(error);
      }
    }
  }
}

/** One request of a load test, ready to be sent. */
export interface LoadRequest {
  readonly body: Uint8Array;
  /** True where a refusal (status 400 or 422) is an answer as good as any. */
  readonly edge: boolean;
}

/** How a request ended. `shed`: 503 with Retry-After; `refused`: 400 or 422. */
export type LoadOutcome = "ok" | "refused" | "shed" | "error" | "timeout";

/** What load is put on. */
export interface LoadTarget {
  /** Never rejects. */
  send(request: LoadRequest): Promise<LoadOutcome>;
  /** What the server said to the first request that ended in an error or was shed; null where none did. */
  problem(): string | null;
  /** Resident bytes of the server; null where it does not say. */
  memory(): Promise<number | null>;
  close(): Promise<void>;
}

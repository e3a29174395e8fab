/** An answer as it was given. */
export interface KeptAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** What is known of a request that says it may come twice. */
export type Claim =
  /** It is ours to answer now. */
  | { readonly state: "new" }
  | { readonly state: "answered"; readonly answer: KeptAnswer }
  /** It is being answered at this moment. */
  | { readonly state: "under-way" }
  /** The server stopped while it answered; whether it was done is not known. */
  | { readonly state: "interrupted" }
  /** The same key came with another request. */
  | { readonly state: "other" };

/** Answers by a key of the client's, so that a request that is sent again is not done again. Survives `kill -9`. */
export interface KeptAnswers {
  /**
   * Claims a request, on the disk before it returns; forgets what is older than a day.
   * @param id whose key it is, and the key
   * @param request digest of what is asked
   * @param now milliseconds since 1970
   */
  claim(id: string, request: string, now: number): Claim;
  finish(id: string, answer: KeptAnswer): void;
  /** Nothing was done: the same may be asked again. */
  release(id: string): void;
}

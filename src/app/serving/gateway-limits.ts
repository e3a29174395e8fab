/** What one request may cost. */
export interface GatewayLimits {
  /** Bytes of a body, after unpacking. */
  readonly body: number;
  /** Bytes of all headers. */
  readonly headers: number;
  /** Rows of one request. */
  readonly batch: number;
  readonly elements: number;
  readonly tensors: number;
  readonly dimensions: number;
  /** Requests under way at a time. */
  readonly concurrency: number;
  readonly connections: number;
}

export const usualLimits: GatewayLimits = {
  body: 16 * 1024 * 1024,
  headers: 16 * 1024,
  batch: 10_000,
  elements: 4_000_000,
  tensors: 1000,
  dimensions: 8,
  concurrency: 1024,
  connections: 10_000,
};

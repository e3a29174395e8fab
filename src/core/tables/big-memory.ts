/** Smaller arrays are copied to another thread sooner than they are shared with it. */
const SHARED_BYTES = 1 << 20;

/**
 * Memory for a typed array of rows. Large pieces can be read by another thread without a copy, where the platform has
 * shared memory.
 */
export function bigMemory(bytes: number): ArrayBufferLike {
  return bytes >= SHARED_BYTES ? sharedMemory(bytes) : new ArrayBuffer(bytes);
}

/** Memory that threads share, whatever its size; plain memory where the platform has none (a web page by itself). */
export function sharedMemory(bytes: number): ArrayBufferLike {
  return typeof SharedArrayBuffer === "undefined" ? new ArrayBuffer(bytes) : new SharedArrayBuffer(bytes);
}

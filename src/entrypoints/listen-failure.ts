import { Failure } from "../core/failures.ts";

const known = new Set(["EADDRINUSE", "EACCES", "EADDRNOTAVAIL", "ENOTFOUND"]);

/** Why a port cannot be listened on, as a failure; anything else as it is. */
export function listenFailure(error: unknown, host: string, port: number, option = "--port"): unknown {
  const { code, message } = (error ?? {}) as { readonly code?: unknown; readonly message?: unknown };
  // gRPC tells its causes in words only.
  const found = [...known].find((one) => code === one || (code === undefined && String(message).includes(one)));
  if (found === undefined) return error;
  return new Failure("USAGE", {
    message:
      found === "EADDRINUSE" ? `port ${port} of ${host} is taken` : `${host}:${port} cannot be listened on (${found})`,
    mend: [`choose another: ${option} N; 0 takes a free one`],
    cause: error,
  });
}

import { Failure } from "../../../core/failures.ts";

/** @throws Failure USAGE */
export function portOf(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65535 && text.trim() !== "") return port;
  throw new Failure("USAGE", { message: `--port is ${text}; a port is a whole number from 0 to 65535` });
}

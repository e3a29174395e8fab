import type { FastifyRequest } from "fastify";
import { Failure, InternalError } from "../../core/failures.ts";
import { requireRole } from "../../app/keys/access-keys.ts";
import type { ApiActor, ApiParts } from "./api-parts.ts";

/** Who asks, for routes that anybody may call. */
const nobody: ApiActor = { name: "anonymous", role: "viewer" };
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i;

/**
 * Finds out who asks and refuses whose role is not enough; before any body is read.
 * @throws Failure KEY, ROLE
 */
export function authorise(request: FastifyRequest, parts: Pick<ApiParts, "keys" | "open">): ApiActor {
  const { role } = request.routeOptions.config;
  // No such route: said as it is, to whomever.
  if (request.is404 || role === "public") return nobody;
  if (role === undefined) throw new InternalError(`the route ${request.routeOptions.url ?? ""} has no role`);
  refuseForeignPages(request);
  const actor = isOpen(request, parts) ? localPerson(request) : keyHolder(request, parts);
  requireRole(actor.role, role);
  return actor;
}

function isOpen({ headers }: FastifyRequest, { open, keys }: Pick<ApiParts, "keys" | "open">): boolean {
  return open && !keys.hasAdmin && headers.authorization === undefined && headers["x-api-key"] === undefined;
}

function keyHolder(request: FastifyRequest, { keys }: Pick<ApiParts, "keys">): ApiActor {
  const given = request.headers.authorization?.replace(/^Bearer\s+/i, "") ?? request.headers["x-api-key"];
  const found = typeof given === "string" && given !== "" && given.length <= 200 ? keys.find(given) : null;
  if (found !== null) return found;
  throw new Failure("KEY", {
    message: given === undefined ? "a key is needed" : "the key is not known, or no longer valid",
    mend: ["Authorization: Bearer KEY", "umpire keys create NAME --role ROLE makes one"],
  });
}

/**
 * Without keys, only what was typed on this machine counts: a name server that points a stranger's page at the loopback
 * address gets nowhere.
 */
function localPerson(request: FastifyRequest): ApiActor {
  if (!LOOPBACK.test(request.headers.host ?? "")) {
    throw new Failure("KEY", {
      message: "without keys the server answers only to localhost",
      mend: ["umpire keys create"],
    });
  }
  const says = request.headers["x-umpire-user"];
  const name = typeof says === "string" && /^[\w.@-]{1,64}$/.test(says) ? says : "someone";
  return { name: `${name}@localhost`, role: "admin" };
}

/** A page of another origin may not act with what the browser adds by itself. */
function refuseForeignPages(request: FastifyRequest): void {
  const { origin, host } = request.headers;
  const site = request.headers["sec-fetch-site"];
  if (site !== undefined && site !== "same-origin" && site !== "none") {
    throw new Failure("ROLE", { message: "a page of another origin may not call this server" });
  }
  if (origin === undefined || origin === `http://${host}` || origin === `https://${host}`) return;
  throw new Failure("ROLE", { message: "a page of another origin may not call this server" });
}

import { RequestFailure } from "../../core/serving/feature-record.ts";

/** A path that the gateway knows: `*` stands for a name that the client chose. */
export interface GatewayRoute {
  readonly template: string;
  readonly methods: readonly string[];
}

const get = ["GET", "HEAD"];
const post = ["POST"];

/** Every path of the gateway. What is logged, traced and refused with 405 follows from it. */
const table: Readonly<Record<string, readonly string[]>> = {
  "/health": get,
  "/ping": get,
  "/metrics": get,
  "/openapi.json": get,
  "/invocations": post,
  "/v1/labels": post,
  "/v1/models": get,
  "/v1/models/*": get,
  "/v1/models/*/predict": post,
  "/v1/models/*/invocations": post,
  "/v1/models/*/rollback": [...get, ...post],
  "/v1/models/*/routing": [...get, "PUT"],
  "/v1/models/*/versions": post,
  "/v1/models/*/versions/*": ["DELETE"],
  "/v1/models/*/versions/*/predict": post,
  "/v1/overrides": [...get, ...post],
  "/v1/overrides/*": ["DELETE"],
  "/v2": get,
  "/v2/health/live": get,
  "/v2/health/ready": get,
  "/v2/models/*": get,
  "/v2/models/*/ready": get,
  "/v2/models/*/config": get,
  "/v2/models/*/infer": post,
  "/v2/models/*/versions/*": get,
  "/v2/models/*/versions/*/ready": get,
  "/v2/models/*/versions/*/config": get,
  "/v2/models/*/versions/*/infer": post,
  "/v2/repository/index": [...get, ...post],
  "/v2/repository/models/*/load": post,
  "/v2/repository/models/*/unload": post,
};

interface CompiledRoute extends GatewayRoute {
  readonly parts: readonly string[];
}

export const gatewayRoutes: readonly GatewayRoute[] = Object.entries(table).map(([template, methods]) => ({
  template,
  methods,
}));

/** By number of parts. */
const routes: CompiledRoute[][] = [];
for (const { template, methods } of gatewayRoutes) {
  const parts = template.slice(1).split("/");
  (routes[parts.length] ??= []).push({ template, methods, parts });
}

/** @param path its parts, decoded. @returns undefined where there is no such path */
export function findRoute(path: readonly string[]): GatewayRoute | undefined {
  return routes[path.length]?.find(({ parts }) => parts.every((part, i) => part === "*" || part === path[i]));
}

/** @throws RequestFailure 405, or 404 with the reason where the path is one of an extension that is not served */
export function checkRoute(route: GatewayRoute | undefined, path: readonly string[], method: string): GatewayRoute {
  if (route === undefined) throw new RequestFailure(notServed(path) ?? `${method} has no such path here`, 404);
  if (route.methods.includes(method)) return route;
  throw new RequestFailure(`${route.template} takes ${route.methods.join(", ")}, not ${method.slice(0, 20)}`, 405);
}

/** Triton's extensions that its clients may ask for; what to do instead. */
function notServed([door, what = "", ...rest]: readonly string[]): string | null {
  if (door !== "v2") return null;
  if (/^(system|cuda)sharedmemory$/.test(what)) return "shared memory is not served; send the tensors themselves";
  if (what === "models" && rest.includes("stats")) return "statistics are not served here; they are at /metrics";
  if (what === "models" && /^generate(_stream)?$/.test(rest.at(-1) ?? "")) return "generate is not served; use infer";
  if (what === "trace" || what === "logging") return `the ${what} extension is not served`;
  return null;
}

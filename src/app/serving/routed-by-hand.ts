import { canonicalJson } from "../../core/audit/canonical-json.ts";
import type { ServedModel } from "./served-model.ts";

/**
 * A routing that somebody set at the gateway itself stands until the server orders anew; the server is to know.
 * @param ordered the routing of each model as ordered last, as canonical JSON
 * @param back models that were rolled back here, which the server is told by itself
 */
export function routedByHand(
  ordered: ReadonlyMap<string, string>,
  models: ReadonlyMap<string, ServedModel>,
  back: ReadonlySet<string>,
): string[] {
  const other = [...ordered].filter(([name, routing]) => {
    const served = models.get(name);
    return served !== undefined && !back.has(name) && canonicalJson(served.routing) !== routing;
  });
  return other.map(
    ([name]) => `${name} is routed by hand at this gateway, other than the server says, until the server's next change`,
  );
}

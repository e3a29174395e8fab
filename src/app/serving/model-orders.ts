import type { GatewayOrders, ModelOrders } from "../../core/registry/gateway-orders.ts";
import type { Artifact } from "../../core/registry/registry-entries.ts";
import { withStandby } from "../../core/serving/routing-state.ts";
import { InternalError } from "../../core/failures.ts";
import { ruleOf } from "../../schemas/api/parse-routing.ts";
import type { ServingSource } from "../ports/serving-runtime.ts";
import type { ModelConfig } from "./gateway-config.ts";
import { usualGuard } from "./guard.ts";

/**
 * The orders without the versions that are not here: a restart must not fail on them.
 * @param isHere by `MODEL/VERSION`
 */
export function loadableOrders(orders: GatewayOrders, isHere: (version: string) => boolean): GatewayOrders {
  const models = Object.entries(orders.models).map(([name, model]) => {
    const here = (version: string): boolean => isHere(`${name}/${version}`);
    const versions = Object.fromEntries(Object.entries(model.versions).filter(([version]) => here(version)));
    return [name, { ...model, versions, routing: withStandby(model.routing, here) }] as const;
  });
  return { ...orders, models: Object.fromEntries(models) };
}

/** What the server ordered for a model, as the gateway's own configuration has it. */
export function modelConfigOf(
  name: string,
  orders: ModelOrders,
  pathOf: (digest: string) => string,
  trustAddresses: boolean,
): ModelConfig {
  return {
    name,
    task: orders.task,
    columns: orders.columns,
    versions: Object.entries(orders.versions).map(([version, artifact]) => ({
      version,
      source: servingSourceOf(artifact, pathOf, trustAddresses),
    })),
    routing: orders.routing,
    rules: [],
    prepare: [],
    positions: {},
    guard: usualGuard,
  };
}

/**
 * @param trustAddresses false: an address that came through the API may not be a private one
 */
export function servingSourceOf(
  artifact: Artifact,
  pathOf: (digest: string) => string,
  trustAddresses: boolean,
): ServingSource {
  switch (artifact.kind) {
    case "onnx": {
      const { features, encode, missing, output, class: label, task } = artifact;
      return {
        kind: "onnx",
        path: pathOf(artifact.digest),
        digest: artifact.digest,
        live: true,
        ...given({ features, encode, missing, output, class: label, task }),
      };
    }
    case "url": {
      const { kind, url, ...rest } = artifact;
      return { kind, url, trusted: trustAddresses, ...given(rest) };
    }
    case "rule":
      return { kind: "rule", rule: ruleOf(artifact.rule, "rule") };
    case "constant":
      return artifact;
    case "file":
      throw new InternalError("a file that cannot be served was ordered");
  }
}

type Given<T> = { readonly [Key in keyof T]?: Exclude<T[Key], null> };

/** Leaves out what is null. */
function given<T extends object>(values: T): Given<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null)) as Given<T>;
}

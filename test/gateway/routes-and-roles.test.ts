import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Role } from "../../src/core/access/roles.ts";
import { gatewayRoutes } from "../../src/entrypoints/gateway/gateway-routes.ts";
import { KeyRing } from "../../src/entrypoints/gateway/key-ring.ts";
import { modelConfig, openTestGateway, type TestGateway } from "./open-test-gateway.ts";

/** What takes more than a viewer's key, or none. A new route is a viewer's until it stands here. */
const open = new Set(["GET /health", "GET /ping", "GET /v2", "GET /v2/health/live", "GET /v2/health/ready"]);
const operators = new Set([
  "PUT /v1/models/*/routing",
  "POST /v1/models/*/rollback",
  "POST /v1/models/*/versions",
  "DELETE /v1/models/*/versions/*",
  "POST /v1/overrides",
  "DELETE /v1/overrides/*",
]);

const hash = (key: string): string => createHash("sha256").update(key).digest("hex");
const keys = new KeyRing([
  { name: "app", role: "viewer", sha256: hash("viewer's") },
  { name: "ops", role: "operator", sha256: hash("operator's") },
]);

let gateway: TestGateway;
beforeAll(async () => {
  const version = { version: "1", source: { kind: "constant", value: 1 } } as const;
  gateway = await openTestGateway({ models: [modelConfig("m", [version])], keys });
});
afterAll(() => gateway.close());

describe("every route of the gateway", () => {
  const all = gatewayRoutes.flatMap(({ template, methods }) => methods.map((method) => [method, template] as const));

  it("is known to this test", () => {
    const named = new Set(all.map(([method, template]) => `${method} ${template}`));
    expect([...open, ...operators].filter((one) => !named.has(one))).toEqual([]);
  });

  it.each(all)("%s %s takes the role that it names, and no lesser key", async (method, template) => {
    const call = async (headers: Record<string, string>): Promise<number> =>
      (await fetch(`${gateway.address}${template.replaceAll("*", "m")}`, { method, headers })).status;
    const name = `${method.replace("HEAD", "GET")} ${template}`;
    const least: Role | null = open.has(name) ? null : operators.has(name) ? "operator" : "viewer";
    for (const headers of [{}, { authorization: "Bearer wrong" }, { "x-api-key": hash("operator's") }]) {
      const status = await call(headers);
      if (least === null) expect(status).toBeLessThan(400);
      else expect(status).toBe(401);
    }
    const asViewer = await call({ authorization: "Bearer viewer's" });
    if (least === "operator") expect(asViewer).toBe(403);
    else expect([401, 403]).not.toContain(asViewer);
    expect([401, 403]).not.toContain(await call({ "x-api-key": "operator's" }));
  });
});

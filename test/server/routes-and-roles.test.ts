import { describe, expect, it } from "vitest";
import { roleCovers, roles } from "../../src/core/access/roles.ts";
import { type ApiInMemory, apiInMemory } from "./api-in-memory.ts";

interface Route {
  readonly method: string;
  readonly url: string;
  readonly least: string;
}

interface Body {
  readonly schema: Readonly<Record<string, unknown>>;
  readonly examples?: unknown;
  readonly example?: unknown;
}

interface Operation {
  readonly operationId?: string;
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly requestBody?: {
    readonly content: Readonly<Record<string, Body>>;
  };
  readonly responses?: Readonly<Record<string, unknown>>;
}

/** Every route that the server describes, with the role that it says it takes. */
function routesOf(api: ApiInMemory): Route[] {
  const paths = api.app.swagger().paths as Record<string, Record<string, Operation>>;
  return Object.entries(paths).flatMap(([url, operations]) =>
    Object.entries(operations).map(([method, { description = "" }]) => ({
      method: method.toUpperCase(),
      url: url.replaceAll(/\{\w+\}/g, "nothing"),
      least: /Role: (\w+)\./.exec(description)?.[1] ?? "public",
    })),
  );
}

describe("every route of the server", () => {
  it("takes the role that it names: no lesser key, no wrong key and no missing key gets in, and the right one does", async () => {
    const api = await apiInMemory();
    const routes = routesOf(api);
    expect(routes.length).toBeGreaterThan(25);
    for (const { method, url, least } of routes) {
      const call = async (key: string | null): Promise<number> => {
        const headers = key === null ? {} : { authorization: `Bearer ${key}` };
        const request = { method: method as "GET", url, headers };
        // A stream that opens has no end to wait for.
        if (url === "/v1/events" && Object.values(api.keys).includes(key ?? "")) return 200;
        return (await api.app.inject(request)).statusCode;
      };
      const where = `${method} ${url}`;
      if (least === "public") {
        expect(await call(null), where).toBeLessThan(400);
        continue;
      }
      expect(await call(null), where).toBe(401);
      expect(await call("umpire_wrong"), where).toBe(401);
      for (const role of roles) {
        const status = await call(api.keys[role]);
        if (roleCovers(role, least as (typeof roles)[number]))
          expect([401, 403], `${where} as ${role}`).not.toContain(status);
        else expect(status, `${where} as ${role}`).toBe(403);
      }
    }
    expect(api.bugs).toEqual([]);
  });

  it("is described: a summary, a name, a subject, what it answers, and an example of each body that it takes", async () => {
    const api = await apiInMemory();
    const { paths, tags, openapi } = api.app.swagger() as unknown as {
      paths: Record<string, Record<string, Operation>>;
      tags: { name: string }[];
      openapi: string;
    };
    expect(openapi).toBe("3.1.0");
    const ids = new Set<string>();
    for (const [url, operations] of Object.entries(paths)) {
      for (const [method, operation] of Object.entries(operations)) {
        const where = `${method} ${url}`;
        expect(operation.summary, where).toMatch(/^[A-Z].{5,}/);
        expect(ids.has(operation.operationId ?? ""), where).toBe(false);
        ids.add(operation.operationId ?? "");
        expect(
          tags.map((tag) => tag.name),
          where,
        ).toContain(operation.tags?.[0]);
        expect(
          Object.keys(operation.responses ?? {}).some((status) => status.startsWith("2")),
          where,
        ).toBe(true);
        for (const [type, { schema, examples, example }] of Object.entries(operation.requestBody?.content ?? {})) {
          if (type === "application/octet-stream") continue;
          expect(schema["type"], where).toBe("object");
          expect(schema["examples"] ?? examples ?? example, where).toBeDefined();
        }
      }
    }
  });
});

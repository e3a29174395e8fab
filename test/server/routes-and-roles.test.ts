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

/** Method and path of every route, from the tree that fastify prints. */
function tableOf(tree: string): { readonly method: string; readonly url: string }[] {
  const found: { method: string; url: string }[] = [];
  const parents: string[] = [];
  for (const line of tree.split("\n")) {
    const at = line.search(/[^\s│├└─]/);
    if (at < 0) continue;
    const depth = at / 4;
    const [, part = "", methods] = /^(\S*)(?: \(([^)]*)\))?/.exec(line.slice(at)) ?? [];
    parents.length = Math.max(0, depth - 1);
    parents.push(part);
    const url = parents.join("");
    for (const method of methods?.split(", ") ?? []) found.push({ method, url });
  }
  return found;
}

describe("every route of the server", () => {
  it("takes the role that it names: no lesser key, no wrong key and no missing key gets in, and the right one does", async () => {
    const api = await apiInMemory();
    const routes = routesOf(api);
    expect(routes.length).toBeGreaterThan(25);
    const of = async (name: string, expires: string | null) =>
      String((await api.call("admin", "POST", "/v1/keys", { name, role: "admin", expires })).body["key"]);
    const dead = [
      await of("ended", "2026-11-23T10:30:00Z"),
      await of("deleted", null),
      (await apiInMemory()).keys.admin,
    ];
    await api.call("admin", "DELETE", "/v1/keys/deleted");
    api.clock.time = Date.parse("2026-11-23T10:30:00Z");
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
      for (const key of ["umpire_wrong", ...dead]) expect(await call(key), where).toBe(401);
      for (const role of roles) {
        const status = await call(api.keys[role]);
        if (roleCovers(role, least as (typeof roles)[number]))
          expect([401, 403], `${where} as ${role}`).not.toContain(status);
        else expect(status, `${where} as ${role}`).toBe(403);
      }
    }
    expect(api.bugs).toEqual([]);
  });

  it("is in the description, which these tests go through, and so is none that is left out", async () => {
    const { app } = await apiInMemory();
    const paths = app.swagger().paths as Record<string, Record<string, Operation>>;
    const described = Object.entries(paths).flatMap(([url, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${url}`),
    );
    // Methods that a path does not take are routes too, which answer 405 to whomever; HEAD is GET without its body.
    const taken = new Set<string>();
    for (const { url, method } of tableOf(app.printRoutes({ commonPrefix: false }))) {
      if (method === "HEAD") continue;
      const answer = await app.inject({ method: method as "GET", url: url.replaceAll(/:\w+/g, "nothing") });
      if (answer.statusCode !== 405) taken.add(`${method} ${url.replaceAll(/:(\w+)/g, "{$1}")}`);
    }
    expect([...taken].toSorted()).toEqual(described.toSorted());
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

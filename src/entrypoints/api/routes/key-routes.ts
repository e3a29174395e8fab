import { z } from "zod";
import { createKey, deleteKey, type KeyEntry } from "../../../app/keys/access-keys.ts";
import { nameSchema } from "../../../schemas/api/registry-schemas.ts";
import { keyCreatedSchema, keyCreateSchema, keyViewSchema } from "../../../schemas/api/server-schemas.ts";
import type { RouteModule } from "../api-parts.ts";
import { describeRoute } from "../describe-route.ts";
import { timeText } from "../views.ts";

const tag = "access";

/** Keys: made, listed without the key, deleted. */
export const keyRoutes: RouteModule = (app, { plane, keys, streams, desk }) => {
  const list = describeRoute({ role: "admin", tag, id: "listKeys", summary: "All keys, without the keys themselves" });
  app.route({
    method: "GET",
    url: "/v1/keys",
    config: list.config,
    schema: { ...list.words, response: { 200: z.object({ keys: z.array(keyViewSchema) }), ...list.problems } },
    handler: async () => {
      const found = await plane.store.read((state) => state.list<KeyEntry>("key"));
      return { keys: found.map(({ body }) => keyView(body)) };
    },
  });

  const create = describeRoute({
    role: "admin",
    tag,
    id: "createKey",
    repeat: "refused",
    summary: "Make a key; it is shown this once",
    description: "The first key of a server must be an admin's: from then on every request takes a key.",
  });
  app.route({
    method: "POST",
    url: "/v1/keys",
    config: create.config,
    schema: { ...create.words, body: keyCreateSchema, response: { 201: keyCreatedSchema, ...create.problems } },
    handler: async ({ body, actor }, reply) => {
      const wish = { ...body, expires: body.expires === null ? null : Date.parse(body.expires) };
      const wasOpen = !keys.hasAdmin;
      const { key, entry } = await createKey(plane.store, plane.clock, wish, actor);
      await keys.refresh();
      const asking = wasOpen && keys.hasAdmin ? desk.gateways().filter((gateway) => !gateway.hasKey) : [];
      return reply.code(201).send({ name: entry.name, role: entry.role, key, cutOff: asking.map(({ id }) => id) });
    },
  });

  const remove = describeRoute({
    role: "admin",
    tag,
    id: "deleteKey",
    summary: "Delete a key; it counts no longer at once",
  });
  app.route({
    method: "DELETE",
    url: "/v1/keys/:name",
    config: remove.config,
    schema: {
      ...remove.words,
      params: z.object({ name: nameSchema.meta({ description: "Name of the key", examples: ["ci"] }) }),
      response: { 200: z.object({ deleted: z.string() }), ...remove.problems },
    },
    handler: async ({ params, actor }) => {
      await deleteKey(plane.store, plane.clock, params.name, actor);
      await keys.refresh();
      streams.sweep();
      return { deleted: params.name };
    },
  });
};

function keyView({ name, role, created, expires }: KeyEntry): z.infer<typeof keyViewSchema> {
  return { name, role, created: timeText(created), expires: expires === null ? null : timeText(expires) };
}

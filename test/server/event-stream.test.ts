import { afterEach, describe, expect, it } from "vitest";
import { type ApiInMemory, apiInMemory } from "./api-in-memory.ts";

const opened: { readonly api: ApiInMemory; readonly stop: AbortController }[] = [];

afterEach(async () => {
  for (const { api, stop } of opened.splice(0)) {
    stop.abort();
    await api.app.close();
  }
});

async function listening(): Promise<{ api: ApiInMemory; address: string; stop: AbortController }> {
  const api = await apiInMemory();
  const stop = new AbortController();
  opened.push({ api, stop });
  return { api, address: await api.app.listen({ port: 0, host: "127.0.0.1" }), stop };
}

async function follow(address: string, api: ApiInMemory, stop: AbortController, last: string | null) {
  const headers: Record<string, string> = { authorization: `Bearer ${api.keys.viewer}` };
  if (last !== null) headers["last-event-id"] = last;
  const answer = await fetch(`${address}/v1/events`, { headers, signal: stop.signal });
  const text: string[] = [];
  const reading = (async () => {
    for await (const part of answer.body ?? []) text.push(new TextDecoder().decode(part));
  })().catch(() => undefined);
  const until = async (wanted: string): Promise<string> => {
    while (!text.join("").includes(wanted)) await new Promise((settle) => setTimeout(settle, 5));
    return text.join("");
  };
  return { status: answer.status, until, reading };
}

const model = (api: ApiInMemory, name: string) => api.call("operator", "PUT", `/v1/models/${name}`, {});

describe("the stream of changes", () => {
  it("tells each change as it happens, and what was missed to whoever names the last one", async () => {
    const { api, address, stop } = await listening();
    await model(api, "before");
    const live = await follow(address, api, stop, null);
    await model(api, "after");
    const heard = await live.until('"id":"after"');
    expect(heard).not.toContain('"id":"before"');
    const [, id = ""] = /id: (\d+)/.exec(heard) ?? [];
    await model(api, "missed");
    const again = await follow(address, api, stop, id);
    expect(await again.until('"id":"missed"')).not.toContain('"id":"after"');
  });

  it("tells all that was missed, however much, and begins anew where the trail is shorter than the last one heard of", async () => {
    const { api, address, stop } = await listening();
    await api.plane.store.change({ name: "test", role: "admin" }, async (state) => {
      for (let i = 0; i < 2500; i++) await state.put({ kind: "note", id: `n${i}`, body: i, action: "note.put" });
    });
    const all = await follow(address, api, stop, "1");
    await model(api, "last");
    const heard = await all.until('"id":"last"');
    expect(heard.match(/"kind":"note"/g)).toHaveLength(2500);
    const ahead = await follow(address, api, stop, "999999");
    await model(api, "anew");
    expect(await ahead.until('"id":"anew"')).not.toContain('"id":"last"');
  });

  it("ends when the key that opened it is deleted", async () => {
    const { api, address, stop } = await listening();
    const { reading, status } = await follow(address, api, stop, null);
    expect(status).toBe(200);
    await api.call("admin", "DELETE", "/v1/keys/viewer");
    await reading;
  });

  it("opens no more streams than are allowed, and makes room when one is closed", async () => {
    const { api, address, stop } = await listening();
    const one = new AbortController();
    await follow(address, api, one, null);
    for (let i = 0; i < 2; i++) expect((await follow(address, api, stop, null)).status).toBe(200);
    expect((await follow(address, api, stop, null)).status).toBe(429);
    one.abort();
    let status = 429;
    while (status === 429) status = (await follow(address, api, stop, null)).status;
    expect(status).toBe(200);
  });
});

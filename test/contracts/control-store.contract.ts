import { expect, it } from "vitest";
import type { ControlStore } from "../../src/app/ports/control-store.ts";
import { ChainReader } from "../../src/core/audit/audit-chain.ts";

export const ada = { name: "ada", role: "operator" };

/** A clock that tests turn, and that somebody may set. */
export class HandClock {
  time = 1_000_000;
  set = 0;
  now = (): number => this.time + this.set;
  monotonic = (): number => this.time;
}

/** What every control store does; `open` gives an empty one. */
export function controlStoreContract(open: (clock: HandClock) => Promise<ControlStore>): void {
  const fresh = async (): Promise<{ store: ControlStore; clock: HandClock }> => {
    const clock = new HandClock();
    return { store: await open(clock), clock };
  };
  const thing = (id: string, body: unknown, more: object = {}) => ({ kind: "thing", id, body, action: "put", ...more });

  it("keeps a document with its revision, and has what was written last", async () => {
    const { store } = await fresh();
    const odd = { text: 'ü "quoted" \u0000 \u2028 ; drop table documents', n: 0.1, none: null, list: [1, [2]] };
    await store.change(ada, (state) => state.put(thing("a", odd)));
    await store.change(ada, (state) => state.put(thing("a", { ...odd, n: 2 })));
    const found = await store.read((state) => state.get("thing", "a"));
    expect(found).toMatchObject({ revision: 2, sequence: 2, body: { ...odd, n: 2 } });
    expect(await store.read((state) => state.get("thing", "b"))).toBeNull();
    expect(await store.read((state) => state.get("other", "a"))).toBeNull();
  });

  it("writes nothing of a change that fails half-way, not even in the trail", async () => {
    const { store } = await fresh();
    await store.change(ada, (state) => state.put(thing("a", 1)));
    const half = store.change(ada, async (state) => {
      await state.put(thing("a", 2));
      await state.put(thing("b", 2, { edges: [{ from: "x", to: "y", relation: "r" }] }));
      throw new Error("half-way");
    });
    await expect(half).rejects.toThrow("half-way");
    await store.read(async (state) => {
      expect((await state.get("thing", "a"))?.body).toBe(1);
      expect(await state.get("thing", "b")).toBeNull();
      expect(await state.edges(["x"], "from")).toEqual([]);
      expect(await state.audit({})).toHaveLength(1);
    });
  });

  it("refuses a change of another revision than the present one", async () => {
    const { store } = await fresh();
    await store.change(ada, (state) => state.put(thing("a", 1, { expected: 0 })));
    for (const expected of [0, 2]) {
      const late = store.change(ada, (state) => state.put(thing("a", 3, { expected })));
      await expect(late).rejects.toMatchObject({ code: "CONFLICT" });
    }
    await store.change(ada, (state) => state.put(thing("a", 2, { expected: 1 })));
  });

  it("runs changes one after the other, however many are asked for at once", async () => {
    const { store } = await fresh();
    await store.change(ada, (state) => state.put(thing("count", 0)));
    const add = () =>
      store.change(ada, async (state) => {
        const present = await state.get<number>("thing", "count");
        await Promise.resolve();
        await state.put(thing("count", (present?.body ?? 0) + 1));
      });
    await Promise.all(Array.from({ length: 30 }, add));
    expect((await store.read((state) => state.get("thing", "count")))?.body).toBe(30);
  });

  it("lists by parent and by the beginning of the id, in the order of writing", async () => {
    const { store } = await fresh();
    await store.change(ada, async (state) => {
      for (const id of ["a/2", "a/1", "a%/9", "b/1"]) await state.put(thing(id, id, { parent: id.slice(0, 1) }));
    });
    const ids = (selection: object) =>
      store.read(async (state) => (await state.list("thing", selection)).map((document) => document.id));
    expect(await ids({ parent: "a" })).toEqual(["a/2", "a/1", "a%/9"]);
    expect(await ids({ prefix: "a/" })).toEqual(["a/2", "a/1"]);
    expect(await ids({ prefix: "a%" })).toEqual(["a%/9"]);
    expect(await ids({ newestFirst: true, limit: 2 })).toEqual(["b/1", "a%/9"]);
  });

  it("finds what held at a time by the order of writing, also where the clock stepped back", async () => {
    const { store, clock } = await fresh();
    const at = (time: number, id: string) => {
      clock.time = time;
      return store.change(ada, (state) => state.put(thing(id, id, { parent: "p" })));
    };
    await at(100, "first");
    await at(900, "from a clock that ran ahead");
    await at(200, "after it was set right");
    const held = (time: number) =>
      store.read(async (state) => (await state.latestAt<string>("thing", "p", time))?.body ?? null);
    expect(await held(99)).toBeNull();
    expect(await held(150)).toBe("first");
    expect(await held(250)).toBe("after it was set right");
    expect(await held(1000)).toBe("after it was set right");
  });

  it("owns edges with their document: replaced and deleted with it, found from both ends", async () => {
    const { store } = await fresh();
    const edge = (from: string, to: string) => ({ from, to, relation: "made" });
    await store.change(ada, async (state) => {
      await state.put(thing("a", 1, { edges: [edge("x", "y"), edge("x", "z")] }));
      await state.put(thing("b", 1, { edges: [edge("y", "z")] }));
      await state.put(thing("a", 2, { edges: [edge("x", "y")] }));
    });
    await store.read(async (state) => {
      expect(await state.edges(["x", "y"], "from")).toEqual([edge("x", "y"), edge("y", "z")]);
      expect(await state.edges(["z"], "to")).toEqual([edge("y", "z")]);
      expect(await state.edges([], "to")).toEqual([]);
    });
    await store.change(ada, (state) => state.delete("thing", "b", { action: "gone" }));
    expect(await store.read((state) => state.edges(["z"], "to"))).toEqual([]);
  });

  it("chains every change in the trail: who, what, before and after", async () => {
    const { store, clock } = await fresh();
    await store.change(ada, (state) => state.put(thing("a", 1, { detail: { reason: "because" } })));
    clock.time = 5;
    await store.change(ada, (state) => state.put(thing("a", 2)));
    await store.change({ name: "bob", role: "admin" }, (state) => state.delete("thing", "a", { action: "gone" }));
    const [first, second, third] = await store.read((state) => state.audit({ kind: "thing", id: "a" }));
    expect(first).toMatchObject({ sequence: 1, actor: "ada", role: "operator", action: "put", before: null });
    expect(first?.detail).toBe('{"reason":"because"}');
    expect(second).toMatchObject({ sequence: 2, time: 5, before: first?.after });
    expect(third).toMatchObject({ actor: "bob", action: "gone", before: second?.after, after: null });
    const reader = new ChainReader();
    for (const entry of [first!, second!, third!]) expect(reader.read(entry)).toBeNull();
    expect(await store.read((state) => state.auditHead())).toEqual(reader.head);
  });

  it("tells listeners of a change when it is done, and of none that failed", async () => {
    const { store } = await fresh();
    const heard: string[] = [];
    const end = store.subscribe((entries) => heard.push(...entries.map((entry) => entry.id)));
    await store.change(ada, (state) => state.put(thing("a", 1)));
    await store.change(ada, () => Promise.reject(new Error("no"))).catch(() => undefined);
    end();
    await store.change(ada, (state) => state.put(thing("b", 1)));
    expect(heard).toEqual(["a"]);
  });

  it("names what is nearest where a thing to delete is not there", async () => {
    const { store } = await fresh();
    await store.change(ada, (state) => state.put(thing("ranker", 1)));
    const wrong = store.change(ada, (state) => state.delete("thing", "rankre", { action: "gone" }));
    await expect(wrong).rejects.toMatchObject({ code: "NOT_FOUND", mend: ["nearest: ranker"] });
  });
}

import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { Failure } from "../../core/failures.ts";
import { productNames, type Role, roleCovers } from "../../core/access/roles.ts";
import { nameProblem } from "../../core/registry/names.ts";
import { SteadyTime } from "../control/steady-time.ts";
import type { Clock } from "../ports/clock.ts";
import type { Actor, ControlStore, StoredDocument } from "../ports/control-store.ts";

/** A key as it is kept: only its hash. The key itself is random, so that no slow hash is needed. */
export interface KeyEntry {
  readonly name: string;
  readonly role: Role;
  readonly sha256: string;
  readonly created: number;
  /** Milliseconds since 1970; null: until it is deleted. */
  readonly expires: number | null;
}

export interface KeyWish {
  readonly name: string;
  readonly role: Role;
  readonly expires: number | null;
}

const PREFIX = "umpire_";

/**
 * Makes a key. The text is given once and never stored.
 * @throws Failure USAGE, CONFLICT where the name is taken
 */
export async function createKey(
  store: ControlStore,
  clock: Clock,
  wish: KeyWish,
  by: Actor,
): Promise<{ readonly key: string; readonly entry: KeyEntry }> {
  const problem = nameProblem(wish.name);
  if (problem !== null) throw new Failure("USAGE", { where: "name", message: problem });
  if (productNames.includes(wish.name.toLowerCase())) {
    const message = `is ${wish.name}, by which the product names itself in the trail: nobody could tell the two apart`;
    throw new Failure("USAGE", { where: "name", message, mend: ["the name of a person or of a system of yours"] });
  }
  if (wish.expires !== null && wish.expires <= clock.now()) {
    throw new Failure("USAGE", { where: "expires", message: "is in the past: the key would never count" });
  }
  const key = `${PREFIX}${randomBytes(32).toString("base64url")}`;
  const entry: KeyEntry = { ...wish, sha256: hashOf(key).toString("hex"), created: clock.now() };
  await store.change(by, async (state) => {
    const keys = await state.list<KeyEntry>("key");
    if (wish.role !== "admin" && by.role !== "system" && keys.every((key) => key.body.role !== "admin")) {
      throw new Failure("CONFLICT", {
        message: "the first key must be an admin's: from then on every request takes a key",
        mend: ["umpire keys create NAME --role admin"],
      });
    }
    await state.put<KeyEntry>({
      kind: "key",
      id: wish.name,
      body: entry,
      action: "key.create",
      detail: { role: wish.role, expires: wish.expires },
      expected: 0,
    });
  });
  return { key, entry };
}

/** A key under a name that another may have had: that one counts no longer. */
export async function replaceKey(
  store: ControlStore,
  clock: Clock,
  wish: KeyWish,
  by: Actor,
): Promise<{ readonly key: string; readonly entry: KeyEntry }> {
  const present = await store.read((state) => state.get("key", wish.name));
  if (present !== null) await deleteKey(store, clock, wish.name, by);
  return createKey(store, clock, wish, by);
}

/** @throws Failure NOT_FOUND, CONFLICT for the last key of an admin */
export function deleteKey(store: ControlStore, clock: Clock, name: string, by: Actor): Promise<void> {
  return store.change(by, async (state) => {
    const keys = await state.list<KeyEntry>("key");
    const counts = ({ body }: StoredDocument<KeyEntry>): boolean => body.expires === null || body.expires > clock.now();
    const admins = keys.filter((key) => key.body.role === "admin" && counts(key));
    if (admins.length === 1 && admins[0]?.id === name) {
      throw new Failure("CONFLICT", {
        message: `"${name}" is the last key of an admin; without it nobody could make keys`,
        mend: ["make another first: umpire keys create NAME --role admin"],
      });
    }
    await state.delete("key", name, { action: "key.delete" });
  });
}

/** Knows the keys without asking the store at each request; hears of changes. */
export class KeyBook {
  readonly #store: ControlStore;
  /** A key that has ended stays so, whatever is done to the clock. */
  readonly #time: SteadyTime;
  readonly #end: () => void;
  #keys: readonly KeyEntry[] = [];

  private constructor(store: ControlStore, clock: Clock) {
    this.#store = store;
    this.#time = new SteadyTime(clock);
    this.#end = store.subscribe((entries) => {
      if (entries.some((entry) => entry.kind === "key")) void this.#load();
    });
  }

  static async open(store: ControlStore, clock: Clock): Promise<KeyBook> {
    const book = new KeyBook(store, clock);
    await book.#load();
    return book;
  }

  /** While nobody has an admin's key, whoever is on the machine is the admin. */
  get hasAdmin(): boolean {
    return this.#keys.some((key) => key.role === "admin");
  }

  /** Whose key this is; null where it is nobody's. Takes the same time for every wrong key. */
  find(key: string): { readonly name: string; readonly role: Role } | null {
    const hash = hashOf(key);
    let found: KeyEntry | null = null;
    for (const entry of this.#keys) {
      if (timingSafeEqual(Buffer.from(entry.sha256, "hex"), hash)) found = entry;
    }
    if (found === null || (found.expires !== null && found.expires <= this.#time.maybe())) return null;
    return { name: found.name, role: found.role };
  }

  /** Reads the keys again: a change must count for the next request. */
  async refresh(): Promise<void> {
    await this.#load();
  }

  close(): void {
    this.#end();
  }

  async #load(): Promise<void> {
    const documents: StoredDocument<KeyEntry>[] = await this.#store.read((state) => state.list<KeyEntry>("key"));
    this.#keys = documents.map((document) => document.body);
  }
}

function hashOf(key: string): Buffer {
  return createHash("sha256").update(key).digest();
}

/** @throws Failure ROLE */
export function requireRole(held: Role, needed: Role): void {
  if (roleCovers(held, needed)) return;
  throw new Failure("ROLE", {
    message: `this takes a key of the role ${needed}; this one has ${held}`,
    mend: ["ask an admin: umpire keys list, umpire keys create NAME --role " + needed],
  });
}

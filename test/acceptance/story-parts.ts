import { spawn } from "node:child_process";
import { once } from "node:events";
import { globSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { DuckDBInstance } from "@duckdb/node-api";

const launcher = fileURLToPath(new URL("../../bin/umpire.cjs", import.meta.url));

/** A long-running command of the product, in a process of its own. */
export interface Service {
  readonly address: string;
  readonly stderr: () => string;
  stop(): Promise<void>;
}

/** Starts `umpire server` or `umpire gateway` and waits for the document with its address. */
export async function startService(args: readonly string[], folder: string, port = "0"): Promise<Service> {
  const env = { ...process.env, npm_lifecycle_event: "" };
  const child = spawn(process.execPath, [launcher, ...args, "--json", "--port", port], { cwd: folder, env });
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  const ended = once(child, "exit");
  const address = await new Promise<string>((resolve, reject) => {
    let text = "";
    createInterface({ input: child.stdout }).on("line", (line) => {
      text += line;
      try {
        resolve((JSON.parse(text) as { address: string }).address);
      } catch {
        // The document goes over several lines.
      }
    });
    void ended.then(() => reject(new Error(`umpire ${args[0]} ended: ${errors}`)));
  });
  return {
    address,
    stderr: () => errors,
    stop: async () => {
      child.kill("SIGTERM");
      await ended;
    },
  };
}

/** A person at the server. */
export function person(address: string, name: string) {
  const call = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const answer = await fetch(`${address}/v1${path}`, {
      method,
      headers: { "x-umpire-user": name, ...(body === undefined ? {} : { "content-type": "application/json" }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const value = (await answer.json()) as T;
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(value)}`);
    return value;
  };
  return {
    get: <T>(path: string) => call<T>("GET", path),
    post: <T>(path: string, body?: unknown) => call<T>("POST", path, body),
    put: <T>(path: string, body: unknown) => call<T>("PUT", path, body),
  };
}

/** Waits until something is so; fails with what it was last. */
export async function until<T>(
  what: string,
  look: () => Promise<T>,
  so: (seen: T) => boolean,
  seconds: number,
): Promise<T> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const seen = await look();
    if (so(seen)) return seen;
    if (Date.now() > end) throw new Error(`${what} did not come; it was ${JSON.stringify(seen).slice(0, 3000)}`);
    await new Promise((done) => setTimeout(done, 250));
  }
}

/** Rows of a query over files. */
export async function rowsOf<T>(sql: string): Promise<T[]> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  try {
    return (await connection.runAndReadAll(sql)).getRowObjectsJson() as T[];
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

export interface PastList {
  readonly key: string;
  readonly time: number;
  readonly items: readonly Readonly<Record<string, unknown>>[];
}

/** How many requests of each key the log of a gateway that has stopped holds. */
export async function loggedRequests(log: string): Promise<{ readonly key: string; readonly requests: number }[]> {
  const parts = [];
  for (const [reader, ending] of [
    ["read_json", "jsonl"],
    ["read_parquet", "parquet"],
  ] as const) {
    const found = globSync(`${log}/**/*.${ending}`);
    const options =
      ending === "jsonl"
        ? ", format = 'newline_delimited', columns = {kind: 'VARCHAR', key: 'VARCHAR', request: 'VARCHAR'}"
        : "";
    if (found.length > 0) parts.push(`select kind, key, request from ${reader}(['${found.join("','")}']${options})`);
  }
  const events = parts.join(" union all ");
  return rowsOf(
    `select key, count(distinct request)::integer as requests from (${events}) where kind = 'prediction' group by key`,
  );
}

const HOUR = 3_600_000;

/**
 * Requests that keep coming, each with a key of its own; counts what became of them. What users liked of the first three of
 * a list as it was answered comes later, as a label of the list: half a second by the machine's clock, six hours by theirs.
 */
export class Traffic {
  readonly answered: string[] = [];
  readonly failures: string[] = [];
  labels = 0;
  readonly #gateway: string;
  readonly #door: string;
  readonly #lists: readonly PastList[];
  /** Lists and items that were liked, as `key/item`. */
  readonly #liked: ReadonlySet<string>;
  readonly #late = new Set<Promise<void>>();
  #round = 0;
  #next = 0;
  #running = false;
  #clients: Promise<void>[] = [];

  constructor(gateway: string, model: string, lists: readonly PastList[], liked: ReadonlySet<string>) {
    this.#gateway = gateway;
    this.#liked = liked;
    this.#door = `${gateway}/v1/models/${model}/predict`;
    this.#lists = lists;
  }

  /** Every list once. */
  async once(clients: number): Promise<void> {
    this.#round++;
    let next = 0;
    const round = this.#round;
    const client = async (): Promise<void> => {
      for (let list = this.#lists[next++]; list !== undefined; list = this.#lists[next++])
        await this.#send(list, round);
    };
    await Promise.all(Array.from({ length: clients }, client));
  }

  /** The first list of each unit again and again, with a breath between, until `end`. */
  begin(clients: number, unit: string): void {
    const lists = [...new Map(this.#lists.toReversed().map((list) => [list.items[0]![unit], list])).values()];
    this.#running = true;
    const client = async (): Promise<void> => {
      while (this.#running) {
        if (this.#next === 0) this.#round++;
        const list = lists[this.#next]!;
        const round = this.#round;
        this.#next = (this.#next + 1) % lists.length;
        await this.#send(list, round);
        await new Promise((done) => setTimeout(done, 20));
      }
    };
    this.#clients = Array.from({ length: clients }, client);
  }

  async end(): Promise<void> {
    this.#running = false;
    await Promise.all(this.#clients);
    await Promise.all(this.#late);
  }

  async #send({ key, time, items }: PastList, round: number): Promise<void> {
    const body = JSON.stringify({ items, key: `${key}/${round}`, time });
    const answer = await fetch(this.#door, { method: "POST", headers: { "content-type": "application/json" }, body });
    const text = await answer.text();
    if (answer.ok) {
      this.answered.push(`${key}/${round}`);
      if (this.#running) this.#labelLater({ key, time, items }, round, text);
    } else this.failures.push(`${answer.status}: ${text.slice(0, 300)}`);
  }

  #labelLater({ key, time }: PastList, round: number, answer: string): void {
    const shown = (JSON.parse(answer) as { items: { item: string }[] }).items.slice(0, 3);
    const label = shown.filter(({ item }) => this.#liked.has(`${key}/${item}`)).length / shown.length;
    const body = JSON.stringify({ key: `${key}/${round}`, name: "liked", label, time: time + 6 * HOUR });
    const coming = new Promise((done) => setTimeout(done, 500))
      .then(() => fetch(`${this.#gateway}/v1/labels`, { method: "POST", body }))
      .then(async (taken) => {
        if (taken.ok) this.labels++;
        else this.failures.push(`label: ${taken.status}: ${await taken.text()}`);
      })
      .finally(() => this.#late.delete(coming));
    this.#late.add(coming);
  }
}

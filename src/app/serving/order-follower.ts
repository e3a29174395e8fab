import type {
  Errand,
  ErrandAnswer,
  GatewayOrders,
  GatewayReport,
  GatewayRollback,
  ModelOrders,
} from "../../core/registry/gateway-orders.ts";
import { canonicalJson } from "../../core/audit/canonical-json.ts";
import { Failure } from "../../core/failures.ts";
import { versionsOf, withStandby } from "../../core/serving/routing-state.ts";
import type { OrderLink } from "../ports/order-link.ts";
import type { ServingModel, ServingSource } from "../ports/serving-runtime.ts";
import type { ModelConfig } from "./gateway-config.ts";
import { type GatewayRollbacks, withRollbacks } from "./gateway-rollbacks.ts";
import { routedByHand } from "./routed-by-hand.ts";
import type { GatewayState, StateStore } from "./gateway-state.ts";
import { wait } from "./wait.ts";
import { loadableOrders, modelConfigOf, servingSourceOf } from "./model-orders.ts";
import type { ServedModel } from "./served-model.ts";

/** Orders as the gateway keeps them: what it works by when it starts and the server is gone. */
export interface KeptOrders {
  readonly orders: GatewayOrders;
  readonly tag: string;
}

export interface FollowerParts {
  readonly link: OrderLink;
  readonly kept: StateStore<KeptOrders>;
  readonly models: Map<string, ServedModel>;
  readonly state: GatewayState;
  readonly rollbacks: GatewayRollbacks;
  readonly load: (source: ServingSource) => Promise<ServingModel>;
  readonly open: (config: ModelConfig) => Promise<ServedModel>;
  /** May addresses that came through the API be private ones? */
  readonly trustAddresses: boolean;
  readonly address: string | null;
  readonly onProblem: (problem: string) => void;
  /** Does what a person asks by way of the server; undefined: this gateway takes no errands. */
  readonly errand?: (errand: Errand) => ErrandAnswer;
}

const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 1000;
/** How often it is tried again to load what could not be loaded. */
const RETRY_SECONDS = 5;
/** A report has bounds, which the server holds it against. */
const MOST_PROBLEMS = 50;
const LONGEST_PROBLEM = 2000;
const MOST_OVERRIDES = 2000;

/**
 * Does what the server says, and goes on as before while it says nothing. A version that cannot be loaded holds up
 * nothing but a routing that names it: that model stays as it was, and the server is told why.
 */
export class OrderFollower {
  readonly #parts: FollowerParts;
  readonly #stop = new AbortController();
  readonly #loaded = new Map<string, string>();
  #tag: string | null = null;
  /** What was told of the server last; null: it answers. */
  #trouble: string | null = null;
  /** Orders of which something could not be done yet. */
  #again: KeptOrders | null = null;
  #revision = 0;
  #problems: readonly string[] = [];
  /** As ordered last, of the models that were routed so. */
  readonly #ordered = new Map<string, string>();
  /** What became of the errands of the last answer. */
  #errands: readonly ErrandAnswer[] = [];
  #running: Promise<void> = Promise.resolve();
  /** Ends the question that waits at the server, so that it hears at once what was decided here. */
  #news: AbortController | null = null;

  constructor(parts: FollowerParts) {
    this.#parts = parts;
    const kept = parts.kept.read();
    if (kept === null) return;
    this.#revision = kept.orders.revision;
    this.#tag = kept.tag;
    for (const [name, model] of Object.entries(kept.orders.models)) {
      this.#ordered.set(name, canonicalJson(withRollbacks(name, model.routing, parts.rollbacks.pending())));
      for (const [version, artifact] of Object.entries(model.versions)) {
        if (parts.models.get(name)?.slot(version) !== undefined) {
          this.#loaded.set(`${name}/${version}`, canonicalJson(artifact));
        } else {
          // Something that was ordered is not here: ask for all of it again.
          this.#tag = null;
        }
      }
    }
  }

  /** The revision that is answered by, wholly. */
  get revision(): number {
    return this.#revision;
  }

  get problems(): readonly string[] {
    return this.#problems;
  }

  start(): void {
    const tellNow = (): void => this.#news?.abort();
    this.#parts.state.onOverrides = tellNow;
    this.#parts.rollbacks.onChange = tellNow;
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    let pause = FIRST_PAUSE;
    const { signal } = this.#stop;
    while (!signal.aborted) {
      try {
        const report = this.#report();
        const waitSeconds = this.#again === null ? null : RETRY_SECONDS;
        const news = new AbortController();
        this.#news = news;
        const polling = AbortSignal.any([signal, news.signal]);
        const answer = await this.#parts.link.poll(this.#tag, report, polling, waitSeconds);
        this.#errands = (answer?.errands ?? []).flatMap((errand) => this.#parts.errand?.(errand) ?? []);
        const next = answer?.orders == null ? null : { orders: answer.orders, tag: answer.tag };
        const settled = answer?.settled ?? [];
        pause = FIRST_PAUSE;
        this.#tell(null);
        for (const { overruled } of settled) if (overruled !== null) this.#parts.onProblem(overruled);
        // What could not be loaded may be there soon; other orders are followed at once all the same. What stood against
        // the orders and stands no longer is followed by them.
        const due = next ?? this.#again ?? (settled.length > 0 ? this.#parts.kept.read() : null);
        if (due !== null) await this.#follow(due, new Set(settled.map(({ id }) => id)));
      } catch (error) {
        if (signal.aborted) return;
        if (this.#news?.signal.aborted === true) continue;
        this.#tell(error instanceof Error ? error.message : String(error));
        await wait(pause, signal);
        pause = Math.min(2 * pause, LONGEST_PAUSE);
      }
    }
  }

  /** Once, not once a second for as long as the server is away. */
  #tell(trouble: string | null): void {
    if (trouble === this.#trouble) return;
    this.#parts.onProblem(trouble ?? "the server answers again");
    this.#trouble = trouble;
  }

  #report(): GatewayReport {
    const rollbacks = this.#parts.rollbacks.pending();
    const back = new Set(rollbacks.map(({ model }) => model));
    return {
      ...(rollbacks.length === 0 ? {} : { rollbacks }),
      revision: this.#revision,
      address: this.#parts.address,
      problems: [...routedByHand(this.#ordered, this.#parts.models, back), ...this.#problems]
        .slice(0, MOST_PROBLEMS)
        .map((problem) => problem.slice(0, LONGEST_PROBLEM)),
      overrides: this.#parts.state.overrides
        .slice(0, MOST_OVERRIDES)
        .map(({ id, kind, model, expires, reason, by }) => ({ id, kind, model, expires, reason, by })),
      ...(this.#errands.length === 0 ? {} : { errands: this.#errands }),
    };
  }

  async #follow({ orders, tag }: KeptOrders, settled: ReadonlySet<string>): Promise<void> {
    const standing = (): GatewayRollback[] => this.#parts.rollbacks.pending().filter(({ id }) => !settled.has(id));
    const problems: string[] = [];
    let complete = true;
    for (const [name, model] of Object.entries(orders.models)) {
      if (!(await this.#followModel(name, model, standing, problems))) complete = false;
    }
    // A version that only stands by holds up nothing: who answers whom is as ordered, and stays so over a restart.
    const isKept = complete && this.#keep(orders, tag, problems);
    for (const problem of problems) if (!this.#problems.includes(problem)) this.#parts.onProblem(problem);
    this.#problems = problems;
    this.#tag = tag;
    this.#again = problems.length > 0 ? { orders, tag } : null;
    if (!complete) return;
    this.#revision = orders.revision;
    // Only now: a gateway that dies in between comes back to what was rolled back here.
    if (isKept) this.#parts.rollbacks.settle(settled);
  }

  /** What finds no room is done all the same, and kept when there is some: a rollback waits for no disk. */
  #keep(orders: GatewayOrders, tag: string, problems: string[]): boolean {
    const here = loadableOrders(orders, (version) => this.#loaded.has(version));
    try {
      this.#parts.kept.write({ orders: here, tag: problems.length > 0 ? "" : tag });
      return true;
    } catch (error) {
      if (!(error instanceof Failure && error.code === "WRITE")) throw error;
      problems.push(`the server's orders could not be kept for a restart: ${error.message}`);
      return false;
    }
  }

  /**
   * @param standing rollbacks made here that the server has not taken over
   * @returns whether the model is routed as ordered, but for those
   */
  async #followModel(
    name: string,
    orders: ModelOrders,
    standing: () => readonly GatewayRollback[],
    problems: string[],
  ): Promise<boolean> {
    const { models, state } = this.#parts;
    // What answers comes first: a rollback waits for nothing that only stands by, nor is it held up by it.
    const answering = new Set(versionsOf(withStandby(orders.routing, () => false)));
    const named = new Set(versionsOf(orders.routing));
    const rank = (version: string): number => (answering.has(version) ? 0 : named.has(version) ? 1 : 2);
    const inOrder = Object.entries(orders.versions).toSorted(([a], [b]) => rank(a) - rank(b));
    const failed = new Set<string>();
    const unkept: { why: string | null } = { why: null };
    const route = (): boolean => {
      const served = models.get(name);
      if (served === undefined || [...answering].some((version) => failed.has(version))) return false;
      const there = withStandby(orders.routing, (version) => served.slot(version) !== undefined);
      const wanted = withRollbacks(name, there, standing());
      unkept.why = state.follow(name, wanted);
      this.#ordered.set(name, canonicalJson(wanted));
      return true;
    };
    if (!models.has(name)) await this.#openModel(name, orders, problems);
    let last = 0;
    for (const [version, artifact] of inOrder) {
      if (rank(version) > last) route();
      last = rank(version);
      try {
        await this.#loadVersion(name, version, artifact);
      } catch (error) {
        failed.add(version);
        const why = error instanceof Error ? error.message : String(error);
        problems.push(`${name} ${version} could not be loaded: ${why}`);
      }
    }
    const isRouted = route();
    if (unkept.why !== null)
      problems.push(`${name} answers as ordered, but only until the gateway restarts: ${unkept.why}`);
    return isRouted;
  }

  async #openModel(name: string, orders: ModelOrders, problems: string[]): Promise<void> {
    try {
      await this.#open(name, orders);
    } catch (error) {
      // A version that only stands by must not keep the others from answering; why it cannot be loaded is said of it.
      const answering = { ...orders, routing: { ...orders.routing, shadows: [], fallback: [] } };
      if (versionsOf(answering.routing).length < versionsOf(orders.routing).length) {
        const opened = await this.#open(name, answering).then(
          () => true,
          () => false,
        );
        if (opened) return;
      }
      problems.push(`${name} could not be opened: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  async #open(name: string, orders: ModelOrders): Promise<void> {
    const { models, open, link, trustAddresses } = this.#parts;
    const wanted = new Set(versionsOf(orders.routing));
    const versions = Object.fromEntries(Object.entries(orders.versions).filter(([version]) => wanted.has(version)));
    for (const artifact of Object.values(versions)) {
      if (artifact.kind === "onnx") await link.file(artifact.digest, this.#stop.signal);
    }
    models.set(
      name,
      await open(modelConfigOf(name, { ...orders, versions }, (digest) => link.path(digest), trustAddresses)),
    );
    for (const [version, artifact] of Object.entries(versions)) {
      this.#loaded.set(`${name}/${version}`, canonicalJson(artifact));
    }
  }

  async #loadVersion(name: string, version: string, artifact: ModelOrders["versions"][string]): Promise<void> {
    const { models, link, load, trustAddresses } = this.#parts;
    const served = models.get(name);
    const wanted = canonicalJson(artifact);
    if (served === undefined || this.#loaded.get(`${name}/${version}`) === wanted) return;
    if (artifact.kind === "onnx") await link.file(artifact.digest, this.#stop.signal);
    await served.add(version, await load(servingSourceOf(artifact, (digest) => link.path(digest), trustAddresses)));
    this.#loaded.set(`${name}/${version}`, wanted);
  }
}

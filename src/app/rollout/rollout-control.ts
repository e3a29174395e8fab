import { Failure } from "../../core/failures.ts";
import { analyseStep, type StepAnalysis } from "../../core/rollout/analyse-step.ts";
import { applyEvent } from "../../core/rollout/apply-event.ts";
import type { StepForecast } from "../../core/rollout/forecast.ts";
import type { Effect, RolloutEvent } from "../../core/rollout/rollout-state.ts";
import { routingFor } from "../../core/rollout/routing-for.ts";
import { SteadyTime } from "../control/steady-time.ts";
import type { GatewayRollback } from "../../core/registry/gateway-orders.ts";
import type { Actor, StateWriter } from "../ports/control-store.ts";
import type { AnswerCuts, EvidenceWindow, RolloutEvidence } from "../ports/rollout-evidence.ts";
import type { ControlPlane } from "../registry/control-plane.ts";
import { modelOf } from "../registry/models.ts";
import { changeRouting, routingState } from "../registry/routing.ts";
import { type PlannedRelease, planRelease, type ReleaseWish } from "./plan-release.ts";
import { requireAnsweredBefore } from "./into-production.ts";
import { evidenceWindows, lookTime } from "./evidence-windows.ts";
import { forecastRelease } from "./forecast-release.ts";
import { rollBackModel, type RollbackWish, type RolledBack } from "./roll-back.ts";
import { takeGatewayRollbacks } from "./take-gateway-rollbacks.ts";
import { isRunning, latestRollout, noRollout, putRollout, type RolloutDocument, running } from "./rollout-document.ts";

/** A person's word on a running rollout. */
export type RolloutCommand =
  | { readonly kind: "approve"; readonly evidence: string }
  | { readonly kind: "hold"; readonly reason: string }
  | { readonly kind: "resume" }
  | { readonly kind: "advance"; readonly reason: string; readonly consent: readonly string[] };

export interface RolloutView {
  readonly id: string;
  readonly document: RolloutDocument;
  /** The newest look at the numbers; null before the first. */
  readonly analysis: StepAnalysis | null;
  /** Why there are no numbers; null where there are. */
  readonly problem: string | null;
}

export interface RolloutTools {
  readonly plane: ControlPlane;
  /** Null: no prediction log can be read here; then nothing goes on by itself. */
  readonly evidence: RolloutEvidence | null;
  readonly tell: (effect: Extract<Effect, { kind: "tell" }>, rollout: string) => void;
}

/** Who decides where no person does. */
const umpire: Actor = { name: "umpire", role: "system" };

/** Ticks that only count time are kept this often, so that the audit trail tells of decisions. */
const KEEP_TIME_EVERY = 300_000;

/**
 * The rollouts of a server. What is decided is kept together with what the gateways are to do, in one transaction: after
 * any crash both are there or neither, and the gateways follow.
 */
export class RolloutControl {
  readonly #tools: RolloutTools;
  readonly #looks = new Map<string, { readonly analysis: StepAnalysis | null; readonly problem: string | null }>();
  readonly #measured = new Map<string, { at: number; pending: number }>();

  readonly #time: SteadyTime;

  constructor(tools: RolloutTools) {
    this.#tools = tools;
    this.#time = new SteadyTime(tools.plane.clock);
  }

  /** The plan and its forecast, without starting anything. @throws Failure NOT_FOUND, CONFLICT, USAGE */
  async plan(wish: ReleaseWish): Promise<PlannedRelease & { readonly forecast: readonly StepForecast[] }> {
    const planned = await planRelease(this.#tools.plane, wish);
    return { ...planned, forecast: await forecastRelease(this.#tools.evidence, planned) };
  }

  /**
   * Starts a release.
   * @param consent a named person's consent to the first stage, where the challenger was not proven
   * @throws Failure CONFLICT where another release of the model runs
   */
  async start(wish: ReleaseWish, by: Actor, consent: string | null): Promise<RolloutView> {
    const { number, forecast, ...planned } = await this.plan(wish);
    const { barred, ...rest } = planned.plan;
    const plan = barred === undefined ? rest : { ...rest, barred: [...new Set([...barred, by.name])] };
    const now = this.#tools.plane.clock.now();
    const create: RolloutEvent = { kind: "create", at: now, plan, by: by.name };
    const start: RolloutEvent = {
      kind: "start",
      at: now,
      by: by.name,
      ...(consent === null ? {} : { consent: { by: consent, evidence: plan.verdict } }),
    };
    const effects = await this.#tools.plane.store.change(by, async (state) => {
      const latest = await latestRollout(state, plan.model);
      if (latest !== null && isRunning(latest.body)) throw running(plan.model, latest.id);
      const beside = [...plan.arms, ...(plan.standing === null ? [] : [plan.standing])].map(({ version }) => version);
      const unasked = beside.filter((version) => version !== plan.challenger);
      await requireAnsweredBefore(state, by, plan.model, unasked, null);
      const created = applyEvent(null, create);
      const document: RolloutDocument = {
        number,
        state: created.state,
        started: now,
        decisions: created.decisions,
        analysis: null,
        cuts: null,
        forecast,
      };
      await putRollout(state, plan.id, document, create, { challenger: plan.challenger, champion: plan.champion });
      return this.#apply(state, plan.id, document, start, by, null);
    });
    this.#follow(effects, plan.id);
    return this.view(plan.model);
  }

  /** @throws Failure NOT_FOUND, CONFLICT with the reason where it cannot be done now */
  async command(model: string, command: RolloutCommand, by: Actor): Promise<RolloutView> {
    const { plane } = this.#tools;
    const event = { ...command, at: plane.clock.now(), by: by.name } as RolloutEvent;
    const { effects, id } = await plane.store.change(by, async (state) => {
      await modelOf(state, model);
      const found = await latestRollout(state, model);
      if (found === null) throw noRollout(model);
      const look = this.#looks.get(found.id)?.analysis ?? found.body.analysis;
      return { id: found.id, effects: await this.#apply(state, found.id, found.body, event, by, look) };
    });
    this.#measured.delete(id);
    this.#follow(effects, id);
    return this.view(model);
  }

  /** Back to a kept version: for everyone or one cohort. Asks no numbers, does nothing twice. @throws Failure */
  async rollBack(wish: RollbackWish, by: Actor): Promise<RolledBack> {
    const { plane } = this.#tools;
    const { result, effects, id } = await plane.store.change(by, (state) =>
      rollBackModel(state, wish, by, plane.clock.now(), (rollout, document, event) =>
        this.#apply(state, rollout, document, event, by, null),
      ),
    );
    if (id !== null) this.#follow(effects, id);
    return result;
  }

  /** Rollbacks that people made at a gateway, past this server. */
  async takeGatewayRollbacks(gateway: string, reported: readonly GatewayRollback[], by: Actor) {
    if (reported.length === 0) return { settled: [], problems: [] };
    const { plane } = this.#tools;
    const follows: (() => void)[] = [];
    const taken = await takeGatewayRollbacks(
      {
        store: plane.store,
        machine: umpire.name,
        rollBack: async (state, wish, actor) => {
          const { result, effects, id } = await rollBackModel(
            state,
            wish,
            actor,
            plane.clock.now(),
            (one, document, event) => this.#apply(state, one, document, event, actor, null),
          );
          if (id !== null) follows.push(() => this.#follow(effects, id));
          return result;
        },
      },
      gateway,
      reported,
      by,
    );
    for (const follow of follows) follow();
    return taken;
  }

  /** @throws Failure NOT_FOUND */
  async view(model: string): Promise<RolloutView> {
    const found = await this.#tools.plane.store.read(async (state) => {
      await modelOf(state, model);
      return latestRollout(state, model);
    });
    if (found === null) throw noRollout(model);
    const look = this.#looks.get(found.id);
    return {
      id: found.id,
      document: found.body,
      analysis: look?.analysis ?? found.body.analysis,
      problem: look?.problem ?? (this.#tools.evidence === null ? "no prediction log is named to this server" : null),
    };
  }

  /** A look at every running rollout. A rollout that cannot be looked at stays as it is, and says why. */
  async tick(): Promise<void> {
    const all = await this.#tools.plane.store.read((state) => state.list<RolloutDocument>("rollout"));
    const running = all.filter((one) => isRunning(one.body) && one.body.state.phase !== "draft");
    for (const { id, body } of running) await this.#look(id, body);
  }

  async #look(id: string, document: RolloutDocument): Promise<void> {
    const { plane } = this.#tools;
    const elapsed = this.#elapsed(id, document);
    const found = await this.#analyse(document);
    this.#looks.set(id, { analysis: found.analysis, problem: found.problem });
    const event: RolloutEvent = { kind: "tick", at: plane.clock.now(), elapsed, analysis: found.analysis };
    const trial = applyEvent(document.state, event);
    const quiet = trial.refused !== null || trial.decisions.length === 0;
    if (quiet && (trial.refused !== null || elapsed < KEEP_TIME_EVERY)) return;
    const effects = await plane.store.change(umpire, async (state) => {
      const present = await state.get<RolloutDocument>("rollout", id);
      // Somebody was faster: what was looked at is no longer so.
      if (present === null || present.body.state.revision !== document.state.revision) return [];
      const kept = found.cuts === null ? present.body : { ...present.body, cuts: found.cuts };
      return this.#apply(state, id, kept, event, umpire, found.analysis);
    });
    this.#measured.set(id, { at: plane.clock.monotonic(), pending: 0 });
    this.#follow(effects, id);
  }

  /** What a clock that never jumps has measured since time was last kept; nothing at the first look of a process. */
  #elapsed(id: string, { state }: RolloutDocument): number {
    const now = this.#tools.plane.clock.monotonic();
    const before = this.#measured.get(id);
    const runs = state.phase === "shadow" || state.phase === "stage" || state.phase === "full";
    const pending = before === undefined || !runs ? 0 : before.pending + Math.max(0, now - before.at);
    this.#measured.set(id, { at: now, pending });
    return pending;
  }

  async #analyse(
    document: RolloutDocument,
  ): Promise<{ analysis: StepAnalysis | null; problem: string | null; cuts: AnswerCuts | null }> {
    const { evidence } = this.#tools;
    const { plan, position } = document.state;
    const windows: readonly EvidenceWindow[] = evidenceWindows(plan, position);
    if (evidence === null) return { analysis: null, problem: "no prediction log is named to this server", cuts: null };
    try {
      const { champion, challenger, guardrails, model } = plan;
      const request = {
        model,
        champion,
        challenger,
        guardrails,
        // Begun by a clock that was ahead then and was set right since: the log holds nothing so late.
        since: Math.min(document.started, this.#tools.plane.clock.now()),
        now: guardrails.some(({ label }) => label !== null) ? lookTime(document.started, this.#time.surely()) : null,
        cuts: document.cuts,
        windows,
      };
      const { steps, cuts } = await evidence.collect(request);
      return { analysis: analyseStep(plan, position, steps), problem: null, cuts };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return { analysis: null, problem: `the prediction log cannot be read: ${reason}`, cuts: null };
    }
  }

  /** One event: state, story and routing in the caller's transaction. @throws Failure CONFLICT where it is refused */
  async #apply(
    state: StateWriter,
    id: string,
    document: RolloutDocument,
    event: RolloutEvent,
    by: Actor,
    analysis: StepAnalysis | null,
  ): Promise<readonly Effect[]> {
    const applied = applyEvent(document.state, event);
    if (applied.refused !== null) throw new Failure("CONFLICT", { message: applied.refused });
    const next: RolloutDocument = {
      ...document,
      started: Math.min(document.started, event.at),
      state: applied.state,
      decisions: [...document.decisions, ...applied.decisions],
      analysis: analysis ?? document.analysis,
    };
    const [decision] = applied.decisions;
    await putRollout(state, id, next, event, decision === undefined ? {} : { ...decision });
    if (!applied.effects.some((effect) => effect.kind === "publish")) return applied.effects;
    const { model } = applied.state.plan;
    const routing = routingFor(applied.state);
    const present = (await routingState(state)).models[model];
    if (JSON.stringify(present) !== JSON.stringify(routing)) {
      const asks = decision?.decision === "ask" ? "it asks: " : "";
      const reason = `${asks}${decision?.reason ?? event.kind}`;
      await changeRouting(state, { model, routing, reason, by: by.name, rollout: id });
    }
    return applied.effects;
  }

  #follow(effects: readonly Effect[], id: string): void {
    for (const effect of effects) if (effect.kind === "tell") this.#tools.tell(effect, id);
  }
}

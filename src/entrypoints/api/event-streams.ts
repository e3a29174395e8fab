import type { ServerResponse } from "node:http";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { AuditEntry } from "../../core/audit/audit-chain.ts";
import type { ControlStore } from "../../app/ports/control-store.ts";
import { Refusal } from "./refusal.ts";
import { auditView } from "./views.ts";

const HEARTBEAT = 15_000;
const PAGE = 1000;
/** A reader that takes nothing for so many bytes is let go: it comes back and asks for what it missed. */
const MOST_WAITING = 1_000_000;

/** Server-sent events: every change as it happens. Whoever was away names the last event and gets what was missed. */
export class EventStreams {
  readonly #store: ControlStore;
  readonly #most: number;
  readonly #open = new Map<FastifyReply, () => boolean>();
  readonly #heartbeat: NodeJS.Timeout;

  constructor(store: ControlStore, most: number) {
    this.#store = store;
    this.#most = most;
    this.#heartbeat = setInterval(() => this.#beat(), HEARTBEAT).unref();
  }

  /**
   * @param allowed whether the reader may still read: a key that was deleted or has expired ends its streams
   * @throws Failure TOO_LARGE where there are too many streams
   */
  async open(request: FastifyRequest, reply: FastifyReply, allowed: () => boolean): Promise<void> {
    if (this.#open.size >= this.#most) {
      const details = {
        message: `${this.#most} streams are open already`,
        mend: ["close one, or poll /v1/audit"],
      };
      throw new Refusal(429, "TOO_LARGE", details, { "retry-after": "15" });
    }
    const last = Number(request.headers["last-event-id"] ?? "");
    reply.hijack();
    const { raw } = reply;
    raw.writeHead(200, {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      connection: "keep-alive",
    });
    raw.write("retry: 2000\n\n");
    this.#open.set(reply, allowed);
    raw.once("close", () => this.#open.delete(reply));
    const head = await this.#head();
    // Ahead of the trail: a backup was restored since, and numbers begin again from there.
    let sent = Number.isSafeInteger(last) && last > 0 ? Math.min(last, head) : head;
    const send = (entries: readonly AuditEntry[]): void => {
      if (entries.length > 0 && !allowed()) raw.end();
      if (raw.writableEnded) return;
      for (const entry of entries) {
        if (entry.sequence <= sent) continue;
        sent = entry.sequence;
        raw.write(eventText(entry));
      }
      if (raw.writableLength > MOST_WAITING) raw.destroy();
    };
    const waiting: AuditEntry[] = [];
    let live = false;
    const end = this.#store.subscribe((entries) => {
      if (live) send(entries);
      else waiting.push(...entries);
    });
    raw.once("close", end);
    if (raw.destroyed) return end();
    for (;;) {
      const from = sent;
      const missed = await this.#store.read((state) => state.audit({ after: from, limit: PAGE }));
      send(missed);
      if (missed.length < PAGE || raw.destroyed) break;
      await drained(raw);
    }
    send(waiting);
    live = true;
  }

  /** Ends the streams of readers whose key counts no longer. */
  sweep(): void {
    for (const [reply, allowed] of this.#open) if (!allowed()) reply.raw.end();
  }

  close(): void {
    clearInterval(this.#heartbeat);
    for (const reply of this.#open.keys()) reply.raw.end();
  }

  #head(): Promise<number> {
    return this.#store.read(async (state) => (await state.auditHead()).sequence);
  }

  #beat(): void {
    this.sweep();
    for (const { raw } of this.#open.keys()) if (!raw.writableEnded) raw.write(": still here\n\n");
  }
}

/** Resolves when the reader has taken what waits, or is gone. */
function drained(raw: ServerResponse): Promise<void> {
  if (!raw.writableNeedDrain) return Promise.resolve();
  return new Promise((settle) => {
    const done = (): void => {
      raw.removeListener("drain", done);
      raw.removeListener("close", done);
      settle();
    };
    raw.once("drain", done);
    raw.once("close", done);
  });
}

function eventText(entry: AuditEntry): string {
  return `id: ${entry.sequence}\nevent: change\ndata: ${JSON.stringify(auditView(entry))}\n\n`;
}

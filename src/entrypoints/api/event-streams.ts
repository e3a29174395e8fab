import type { FastifyReply, FastifyRequest } from "fastify";
import { Failure } from "../../core/failures.ts";
import type { AuditEntry } from "../../core/audit/audit-chain.ts";
import type { ControlStore } from "../../app/ports/control-store.ts";
import { auditView } from "./views.ts";

const HEARTBEAT = 15_000;
const MOST_MISSED = 1000;
/** A reader that takes nothing for so many bytes is let go: it comes back and asks for what it missed. */
const MOST_WAITING = 1_000_000;

/** Server-sent events: every change as it happens. Whoever was away names the last event and gets what was missed. */
export class EventStreams {
  readonly #store: ControlStore;
  readonly #most: number;
  readonly #open = new Set<FastifyReply>();
  readonly #heartbeat: NodeJS.Timeout;

  constructor(store: ControlStore, most: number) {
    this.#store = store;
    this.#most = most;
    this.#heartbeat = setInterval(() => this.#beat(), HEARTBEAT).unref();
  }

  /** @throws Failure TOO_LARGE where there are too many streams */
  async open(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    if (this.#open.size >= this.#most) {
      throw new Failure("TOO_LARGE", {
        message: `${this.#most} streams are open already`,
        mend: ["close one, or poll /v1/audit"],
      });
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
    this.#open.add(reply);
    let sent = Number.isSafeInteger(last) && last > 0 ? last : await this.#head();
    const send = (entries: readonly AuditEntry[]): void => {
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
    raw.once("close", () => {
      end();
      this.#open.delete(reply);
    });
    const from = sent;
    send(await this.#store.read((state) => state.audit({ after: from, limit: MOST_MISSED })));
    send(waiting);
    live = true;
  }

  close(): void {
    clearInterval(this.#heartbeat);
    for (const reply of this.#open) reply.raw.end();
  }

  #head(): Promise<number> {
    return this.#store.read(async (state) => (await state.auditHead()).sequence);
  }

  #beat(): void {
    for (const reply of this.#open) reply.raw.write(": still here\n\n");
  }
}

function eventText(entry: AuditEntry): string {
  return `id: ${entry.sequence}\nevent: change\ndata: ${JSON.stringify(auditView(entry))}\n\n`;
}

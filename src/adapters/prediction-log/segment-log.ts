import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import type { LogHealth, LogMode, PredictionLog } from "../../app/ports/prediction-log.ts";
import { Failure } from "../../core/failures.ts";
import { eventLine } from "../../core/serving/event-line.ts";
import type { LogEvent } from "../../core/serving/prediction-event.ts";
import { type Recovery, recoverSegments } from "./recover-segments.ts";
import { SegmentFile } from "./segment-file.ts";

export interface SegmentLogOptions {
  readonly folder: string;
  readonly mode: LogMode;
  /** A segment is closed when it is this large or this old. */
  readonly segmentBytes?: number;
  readonly segmentMilliseconds?: number;
  /** Called with the path of each segment that was closed. */
  readonly onClosed?: (path: string) => void;
  /** Changes an event before it is kept: redaction and hashing. */
  readonly transform?: (event: LogEvent) => LogEvent;
}

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Bytes of `early` events that may wait for the disk. */
const mostWaitingBytes = 64 * 1024 * 1024;

/**
 * The prediction log on a local disk: append-only segments of JSON lines. Group commit without a timer: while one
 * write is under way, what arrives waits and goes into the next one together.
 */
export class SegmentLog implements PredictionLog {
  readonly mode: LogMode;
  readonly recovery: Recovery;
  readonly #options: Required<Omit<SegmentLogOptions, "onClosed" | "transform">> &
    Pick<SegmentLogOptions, "onClosed" | "transform">;
  #segment: SegmentFile | null = null;
  #number = 0;
  #lines: string[] = [];
  #waitingBytes = 0;
  #waiting: Waiting[] = [];
  #busy = false;
  #closing: (() => void)[] = [];
  /** Lines of mode `written` that could not be kept so far: written with the next write that works. */
  #late: string[] = [];
  #lateBytes = 0;
  #health = { problem: null as string | null, written: 0, failed: 0, dropped: 0, bytes: 0 };

  constructor(options: SegmentLogOptions) {
    this.mode = options.mode;
    this.#options = { segmentBytes: 64 * 1024 * 1024, segmentMilliseconds: 300_000, ...options };
    this.recovery = recoverSegments(this.liveFolder, this.closedFolder);
  }

  get liveFolder(): string {
    return join(this.#options.folder, "live");
  }

  get closedFolder(): string {
    return join(this.#options.folder, "closed");
  }

  get health(): LogHealth {
    return this.#health;
  }

  /** Tries whether the log can be written, so that a folder that cannot is known before the first answer. */
  probe(): void {
    try {
      const segment = SegmentFile.open(this.liveFolder, this.#number++, Date.now());
      segment.close();
      rmSync(segment.path, { force: true });
    } catch (error) {
      this.#health.problem = error instanceof Error ? error.message : String(error);
    }
  }

  append(events: readonly LogEvent[]): Promise<void> {
    if (events.length === 0) return Promise.resolve();
    const early = this.mode === "early";
    if (early && this.#waitingBytes > mostWaitingBytes) {
      this.#health.dropped += events.length;
      return Promise.resolve();
    }
    const { transform } = this.#options;
    for (const event of events) {
      const line = eventLine(transform === undefined ? event : transform(event));
      this.#lines.push(line);
      this.#waitingBytes += line.length;
    }
    if (early) {
      this.#start();
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#start();
    });
  }

  #start(): void {
    if (this.#busy) return;
    this.#busy = true;
    // One turn later: all answers of one micro-batch share the write.
    setImmediate(() => void this.#flush());
  }

  async #flush(): Promise<void> {
    while (this.#lines.length > 0) {
      const lines = this.#lines;
      const waiting = this.#waiting;
      this.#lines = [];
      this.#waiting = [];
      this.#waitingBytes = 0;
      try {
        await this.#write(lines);
        for (const call of waiting) call.resolve();
      } catch (cause) {
        const failure = this.#failed(lines, cause);
        for (const call of waiting) call.reject(failure);
      }
    }
    this.#busy = false;
    for (const done of this.#closing.splice(0)) done();
  }

  async #write(lines: readonly string[]): Promise<void> {
    const now = Date.now();
    const current = this.#segment;
    const full =
      current !== null &&
      (current.size >= this.#options.segmentBytes || now - current.opened >= this.#options.segmentMilliseconds);
    if (full) this.#closeSegment();
    this.#segment ??= SegmentFile.open(this.liveFolder, this.#number++, now);
    const bytes = Buffer.from(`${[...this.#late, ...lines].join("\n")}\n`);
    await this.#segment.append(bytes, this.mode === "durable");
    this.#late = [];
    this.#lateBytes = 0;
    this.#health.problem = null;
    this.#health.written += lines.length;
    this.#health.bytes += bytes.length;
  }

  #failed(lines: readonly string[], cause: unknown): Failure {
    const reason = cause instanceof Error ? cause.message : String(cause);
    this.#health.problem = reason;
    this.#health.failed += lines.length;
    if (this.mode !== "durable") this.#keepForLater(lines);
    // The next write begins a new file: this one may be gone, or its disk full.
    try {
      this.#closeSegment();
    } catch {
      this.#segment = null;
    }
    return new Failure("WRITE", {
      where: this.#options.folder,
      message: `the prediction log cannot be written: ${reason}`,
      cause,
    });
  }

  #keepForLater(lines: readonly string[]): void {
    for (const line of lines) {
      if (this.#lateBytes + line.length > mostWaitingBytes) {
        this.#health.dropped++;
        continue;
      }
      this.#late.push(line);
      this.#lateBytes += line.length;
    }
  }

  #closeSegment(): void {
    const segment = this.#segment;
    if (segment === null) return;
    this.#segment = null;
    segment.close();
    if (segment.size === 0) {
      rmSync(segment.path, { force: true });
      return;
    }
    mkdirSync(this.closedFolder, { recursive: true });
    const path = join(this.closedFolder, basename(segment.path));
    renameSync(segment.path, path);
    this.#options.onClosed?.(path);
  }

  /** Closes a segment that is old enough, also where nothing more is written: retention must come to its end. */
  closeOld(now: number): void {
    const segment = this.#segment;
    if (this.#busy || segment === null || now - segment.opened < this.#options.segmentMilliseconds) return;
    try {
      this.#closeSegment();
    } catch (error) {
      this.#health.problem = error instanceof Error ? error.message : String(error);
    }
  }

  /** True where segments wait to be rotated. */
  hasClosedSegments(): boolean {
    return existsSync(this.closedFolder) && readdirSync(this.closedFolder).length > 0;
  }

  /** Closes the segment in use, so that what it holds can be rotated. */
  async roll(): Promise<void> {
    await this.#idle();
    this.#closeSegment();
  }

  async close(): Promise<void> {
    await this.#idle();
    this.#closeSegment();
  }

  #idle(): Promise<void> {
    if (!this.#busy) return Promise.resolve();
    return new Promise((resolve) => this.#closing.push(resolve));
  }
}

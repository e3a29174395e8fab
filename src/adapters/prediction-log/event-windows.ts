import { EventWindow, type WindowWish } from "./event-window.ts";

/** A window that nobody has looked through for so long is closed. */
const IDLE_MILLISECONDS = 600_000;

interface Open {
  readonly key: string;
  readonly window: Promise<EventWindow>;
  /** Looks through one window are one after the other. */
  last: Promise<unknown>;
  timer: NodeJS.Timeout | null;
  /** What came out of the last look, and what was asked. */
  answer: { readonly asked: string; readonly found: unknown } | null;
}

/** The windows of the rollouts that run: one a model, kept between looks. */
export class EventWindows {
  readonly #folder: string;
  readonly #open = new Map<string, Open>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * Works on a window that holds all that the log holds now; where nothing new has come, what came out before is the answer.
   * @param asked what is asked of the window, whole
   */
  async withWindow<T>(wish: WindowWish, asked: string, work: (window: EventWindow) => Promise<T>): Promise<T> {
    const entry = this.#entryOf(wish);
    if (entry.timer !== null) clearTimeout(entry.timer);
    const turn = entry.last.then(async () => {
      const window = await entry.window;
      const fresh = await window.refresh();
      if (fresh === 0 && entry.answer?.asked === asked) return entry.answer.found as T;
      const found = await work(window);
      entry.answer = { asked, found };
      return found;
    });
    entry.last = turn.catch(() => undefined);
    try {
      return await turn;
    } catch (error) {
      // What it holds is no longer sure: the next look reads everything.
      this.#close(wish.model, entry);
      throw error;
    } finally {
      entry.timer = setTimeout(() => this.#close(wish.model, entry), IDLE_MILLISECONDS).unref();
    }
  }

  #entryOf(wish: WindowWish): Open {
    const key = JSON.stringify(wish);
    const known = this.#open.get(wish.model);
    if (known?.key === key) return known;
    if (known !== undefined) this.#close(wish.model, known);
    const made: Open = {
      key,
      window: EventWindow.open(this.#folder, wish),
      last: Promise.resolve(),
      timer: null,
      answer: null,
    };
    this.#open.set(wish.model, made);
    return made;
  }

  #close(model: string, entry: Open): void {
    if (this.#open.get(model) === entry) this.#open.delete(model);
    if (entry.timer !== null) clearTimeout(entry.timer);
    void entry.last.then(async () => (await entry.window).close()).catch(() => undefined);
  }
}

import { ansiPalette, type Palette, plainPalette } from "../../core/report/palette.ts";
import { harmless, harmlessLines, wrapHanging } from "../../core/report/text-width.ts";
import { hideCredentials } from "../../core/hide-credentials.ts";
import { Failure, type FailureDetails, InternalError } from "../../core/failures.ts";

/** What a command may say and where: documents on standard output, everything else on standard error. */
export interface Terminal {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  /** Columns of standard output, at most 100. */
  readonly width: number;
  /** Nobody looks at a screen: lines stay whole, for whatever reads them. */
  readonly piped: boolean;
  readonly paint: Palette;
  /** Writes the command's answer for people (nothing under `--json`). */
  print(text: string): void;
  /** Writes the command's one JSON document (only under `--json`). */
  document(value: unknown): void;
  /** A remark on standard error; nothing under `--quiet`. */
  remark(text: string): void;
  /** One line on standard error rewritten in place, for work over a second. */
  progress(what: string): Progress;
}

export interface Progress {
  update(done: number, total: number | null, unit: string): void;
  done(): void;
}

export interface TerminalOptions {
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
}

export function createTerminal(options: TerminalOptions): Terminal {
  const json = options.json ?? false;
  const quiet = options.quiet ?? false;
  return {
    json,
    quiet,
    verbose: options.verbose ?? false,
    width: Math.min(100, process.stdout.columns ?? 100),
    piped: process.stdout.isTTY !== true,
    paint: palette(process.stdout),
    print: (text) => {
      if (!json) process.stdout.write(harmlessLines(text.endsWith("\n") ? text : `${text}\n`));
    },
    document: (value) => {
      if (json) process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
    },
    remark: (text) => {
      if (!quiet) process.stderr.write(`${harmlessLines(text)}\n`);
    },
    progress: (what) => createProgress(what, quiet),
  };
}

/** A sentence, broken between words where the terminal ends; it goes on under its beginning, after its mark or label. */
export function printSentence(terminal: Pick<Terminal, "print" | "width" | "piped">, text: string): void {
  if (terminal.piped) return terminal.print(harmless(text));
  for (const line of wrapHanging(text, terminal.width, hangOf(text, terminal.width))) terminal.print(line);
}

/** Where a sentence begins after its mark, its label and the gap behind them; not far right, where there is little room. */
function hangOf(text: string, width: number): number {
  const indent = /^ */.exec(text)![0].length;
  const labelled = /^ *(?:[✓✗·?→] )?(?:\S+(?: \S+){0,3}?)? {2,}(?:[✓✗·?] )?(?=\S)/.exec(text)?.[0].length ?? indent + 2;
  return labelled <= width / 3 ? labelled : indent + 2;
}

/** Colours by meaning; none where colour is off (`NO_COLOR`, pipes, dumb terminals). */
function palette(stream: NodeJS.WriteStream): Palette {
  const on = stream.isTTY === true && process.env["NO_COLOR"] === undefined && process.env["TERM"] !== "dumb";
  return on ? ansiPalette : plainPalette;
}

export interface PhasedProgress {
  /** Says how far a phase is, in rows; a new phase ends the line of the one before. */
  readonly update: (what: string, done: number, total: number | null) => void;
  readonly done: () => void;
}

/** One progress line that follows the phases of a job. */
export function phasedProgress(terminal: Terminal): PhasedProgress {
  let phase = "";
  let line: Progress | null = null;
  const done = (): void => {
    line?.done();
    line = null;
    phase = "";
  };
  const update: PhasedProgress["update"] = (what, finished, total) => {
    if (what !== phase) {
      done();
      phase = what;
      line = terminal.progress(what);
    }
    line?.update(finished, total, "rows");
  };
  return { update, done };
}

const SHOW_AFTER_MILLISECONDS = 1000;
const PLAIN_EVERY_MILLISECONDS = 10_000;
const REDRAW_EVERY_MILLISECONDS = 100;

/** Shown only for what takes over a second: in place on a terminal, a plain line every ten seconds elsewhere. */
function createProgress(what: string, quiet: boolean): Progress {
  const started = performance.now();
  const inPlace = process.stderr.isTTY === true && process.env["TERM"] !== "dumb";
  let lastShown = inPlace ? started + SHOW_AFTER_MILLISECONDS - REDRAW_EVERY_MILLISECONDS : started;
  let drawn = false;
  return {
    update(done, total, unit) {
      if (quiet) return;
      const now = performance.now();
      const every = inPlace ? REDRAW_EVERY_MILLISECONDS : PLAIN_EVERY_MILLISECONDS;
      if (now - lastShown < every) return;
      lastShown = now;
      const line = progressLine(what, done, total, unit, (now - started) / 1000);
      process.stderr.write(inPlace ? `\r\u001b[2K${line}` : `${line}\n`);
      drawn = inPlace;
    },
    done() {
      if (drawn) process.stderr.write("\r\u001b[2K");
      drawn = false;
    },
  };
}

/** `reading  1,200,000 of 3,000,000 rows  1,100,000 rows/s  2 s left` */
export function progressLine(what: string, done: number, total: number | null, unit: string, seconds: number): string {
  const rate = seconds > 0 ? done / seconds : 0;
  const count = (value: number): string => Math.round(value).toLocaleString("en-US");
  const parts = [what, total === null ? `${count(done)} ${unit}` : `${count(done)} of ${count(total)} ${unit}`];
  parts.push(`${count(rate)} ${unit}/s`);
  if (total !== null && rate > 0 && total > done) parts.push(`${Math.ceil((total - done) / rate)} s left`);
  return parts.join("  ");
}

/** The text of an error as people read it: what, where, what to do; one to a few lines, never a stack trace. */
export function describeError(error: unknown, verbose: boolean): string {
  const stack = verbose && error instanceof Error && error.stack !== undefined ? `\n${error.stack}` : "";
  if (error instanceof Failure) {
    return harmlessLines([error, ...error.others].map((one) => `umpire: ${failureText(one)}`).join("\n") + stack);
  }
  const message = error instanceof Error ? error.message : String(error);
  const kind = error instanceof InternalError ? "an impossible state was reached" : "an unexpected error";
  return harmlessLines(hideCredentials(`umpire: this is a bug of ours (${kind}): ${message}${stack}`));
}

function failureText(failure: Failure | FailureDetails): string {
  const where = failure.where === undefined ? "" : `${failure.where}  `;
  return `${where}${failure.message}${(failure.mend ?? []).map((line) => `\n        ${line}`).join("")}`;
}

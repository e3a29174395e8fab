/** How parts are coloured; every function must keep the visible text. */
export interface Palette {
  pass(text: string): string;
  fail(text: string): string;
  quiet(text: string): string;
  strong(text: string): string;
}

const same = (text: string): string => text;

/** No colour: pipes, `NO_COLOR`, dumb terminals. */
export const plainPalette: Palette = { pass: same, fail: same, quiet: same, strong: same };

const sgr =
  (open: number, close: number) =>
  (text: string): string =>
    `\u001b[${open}m${text}\u001b[${close}m`;

/** Sixteen-colour escapes, which follow the terminal's own theme. */
export const ansiPalette: Palette = { pass: sgr(32, 39), fail: sgr(31, 39), quiet: sgr(2, 22), strong: sgr(1, 22) };

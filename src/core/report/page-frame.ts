/** The one frame of every page and report: head, policy, style, skip link. A page asks the network for nothing. */
import { sha256Hex } from "../hash/sha256.ts";
import { toBase64 } from "./base64.ts";
import { htmlText, type Markup } from "./markup.ts";
import { pageTheme } from "./page-theme.ts";
import { harmless } from "./text-width.ts";

export interface Page {
  readonly title: string;
  /** What stands in `main`. */
  readonly body: Markup;
  /** Beyond the common theme. */
  readonly style: string;
  /** Id of `main`. */
  readonly id?: string;
  /** What comes before `main` on every view, such as navigation; a skip link leads past it. */
  readonly before?: Markup;
  readonly script?: PageScript;
}

export interface PageScript {
  /** One classic script. */
  readonly code: string;
  /** What it reads from an element of this id, as JSON. */
  readonly data?: { readonly id: string; readonly value: unknown };
  /** It may call the server that the page came from. */
  readonly calls?: boolean;
}

/** JSON that cannot end its script element: `<` is written as an escape, and so are the line ends of old script readers. */
export function scriptJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<\u2028\u2029]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Script text that cannot end its element or start a comment in it. */
function scriptText(code: string): string {
  return code.replace(/<(?=\/script|!--)/gi, "\\x3C");
}

/**
 * The page, and its policy for those who can send it as a header. Scripts and styles are allowed by their digest alone,
 * so that text from data or policy could not run even if it slipped through.
 */
export function framePage(page: Page): { readonly html: string; readonly policy: string } {
  const style = (pageTheme + page.style).replace(/<\//g, "<\\/");
  const code = page.script === undefined ? null : scriptText(page.script.code);
  const policy = [
    "default-src 'none'",
    ...(code === null ? [] : [`script-src '${digest(code)}'`]),
    `style-src '${digest(style)}'`,
    ...(page.script?.calls === true ? ["connect-src 'self'"] : []),
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  const data = page.script?.data;
  const id = page.id ?? "main";
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="referrer" content="no-referrer">
<title>${htmlText(harmless(page.title))}</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
${page.before === undefined ? "" : `<a class="skip" href="#${id}">Skip to the content</a>\n${page.before.text}\n`}<main id="${id}"${page.before === undefined ? "" : ' tabindex="-1"'}>
${page.body.text}
</main>
${data === undefined ? "" : `<script type="application/json" id="${data.id}">${scriptJson(data.value)}</script>\n`}${code === null ? "" : `<script>${code}</script>\n`}</body>
</html>
`;
  return { html, policy };
}

function digest(text: string): string {
  const bytes = Uint8Array.from(sha256Hex(text).match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
  return `sha256-${toBase64(bytes)}`;
}

import { pageAssets } from "../../../app/report/page-assets.ts";
import { html } from "../../../core/report/markup.ts";
import { framePage } from "../../../core/report/page-frame.ts";

interface ConsolePage {
  readonly html: string;
  /** For the header: what may run in it, and that no other page may frame it. */
  readonly policy: string;
}

let made: Promise<ConsolePage> | null = null;

/** One self-contained page, made once. @throws Failure FILE_MISSING where its script was not shipped */
export function consolePage(): Promise<ConsolePage> {
  made ??= make().catch((error: unknown) => {
    made = null;
    throw error;
  });
  return made;
}

async function make(): Promise<ConsolePage> {
  const { script, style } = await pageAssets("console");
  const page = framePage({
    title: "Umpire",
    style,
    script: { code: script, calls: true },
    before: html`<header id="top"></header>`,
    body: html`<h1>Asking the server</h1>
<noscript><p>The console needs scripts. The same from a terminal: <code>umpire status</code>, <code>umpire rollback MODEL</code>.</p></noscript>`,
  });
  return { html: page.html, policy: `${page.policy}; frame-ancestors 'none'` };
}

import { createHash } from "node:crypto";
import { consoleScript } from "./console-script.ts";
import { consoleStyle } from "./console-style.ts";

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Umpire</title>
<link rel="icon" href="data:,">
<style>${consoleStyle}</style>
</head>
<body>
<main aria-live="polite"><h1>Asking the server</h1></main>
<dialog aria-label="Roll back"></dialog>
<script>${consoleScript}</script>
</body>
</html>
`;

/** One self-contained page, and the policy that lets nothing else run in it. */
export const consolePage: { readonly html: string; readonly policy: string } = {
  html: page,
  policy: [
    "default-src 'none'",
    `script-src 'sha256-${digest(consoleScript)}'`,
    `style-src 'sha256-${digest(consoleStyle)}'`,
    "connect-src 'self'",
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; "),
};

function digest(text: string): string {
  return createHash("sha256").update(text).digest("base64");
}

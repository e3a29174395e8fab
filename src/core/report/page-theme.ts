/**
 * What every page has in common: the colours of LOOKS (champion or reference grey, challenger or current blue, trouble
 * red; told apart without red-green sight, at least 4.5 to 1 on their paper), type, tables, focus, phone and print.
 */
export const pageTheme = `
:root { color-scheme: light dark;
  --paper: #ffffff; --ink: #17191d; --quiet: #5b6270; --rule: #dfe2e8; --wash: #f5f6f8; --raised: #ffffff;
  --champion: #6b7280; --challenger: #1559b7; --trouble: #b3261e; --trouble-wash: #fdecea; --challenger-wash: #e8f0fc; --open: #6b7280;
  --tried: #fff4d6; --tried-rule: #a87900; --band: #e4e7ec; --area: #b9bec8; }
@media (prefers-color-scheme: dark) { :root {
  --paper: #14161a; --ink: #eceef2; --quiet: #a3abb9; --rule: #31353e; --wash: #1c1f25; --raised: #1c1f25;
  --champion: #9aa3b2; --challenger: #7db0ff; --trouble: #ff8a80; --trouble-wash: #3a1d1c; --challenger-wash: #182a45; --open: #9aa3b2;
  --tried: #38300f; --tried-rule: #d9b44a; --band: #2a2e37; --area: #565d6b; } }
* { box-sizing: border-box; }
[hidden] { display: none !important; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
main { max-width: 1200px; margin: 0 auto; padding: 28px 24px 80px; }
h1 { font-size: clamp(1.55rem, 3.6vw, 2.5rem); line-height: 1.18; font-weight: 650; letter-spacing: -0.015em; margin: 10px 0 12px; max-width: 26em; text-wrap: balance; overflow-wrap: anywhere; }
h2 { font-size: 1.25rem; line-height: 1.3; margin: 0 0 8px; overflow-wrap: anywhere; }
h3 { font-size: 1rem; margin: 16px 0 4px; overflow-wrap: anywhere; }
p { margin: 0 0 8px; overflow-wrap: anywhere; }
section { margin-top: 44px; min-width: 0; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.skip { position: absolute; left: -999px; top: 0; padding: 8px 16px; background: var(--paper); z-index: 9; }
.skip:focus { left: 0; }
:focus-visible { outline: 3px solid var(--challenger); outline-offset: 2px; border-radius: 3px; }
.scroll { overflow-x: auto; max-width: 100%; }
table { border-collapse: collapse; font-size: 0.9rem; font-variant-numeric: tabular-nums; }
th, td { padding: 6px 12px 6px 0; text-align: left; border-bottom: 1px solid var(--rule); vertical-align: top; }
thead th { font-weight: 600; color: var(--quiet); vertical-align: bottom; }
.number { text-align: right; white-space: nowrap; }
a { color: var(--challenger); }
code, pre { font-family: ui-monospace, "Liberation Mono", Menlo, monospace; font-size: 13px; } code { overflow-wrap: anywhere; }
@media (max-width: 620px) { main { padding: 18px 16px 60px; } section { margin-top: 34px; } }
@media print {
  :root { color-scheme: light; --paper: #fff; --ink: #000; --quiet: #444; --rule: #ccc; --wash: #fff; --raised: #fff; --champion: #6b7280; --challenger: #1559b7; --trouble: #b3261e; --open: #6b7280; --band: #e4e7ec; --area: #b9bec8; }
  main { max-width: none; padding: 0; } section, figure { break-inside: avoid-page; } .skip { display: none; }
  .scroll { overflow: visible; }
  .method::details-content, .provenance::details-content { content-visibility: visible; block-size: auto; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;

/** Added on pages that have no script: the answer, what was found, and how, folded. */
export const documentTheme = `
.quiet, .kicker, summary { color: var(--quiet); }
.kicker { margin: 0; } .told { font-size: 1.05rem; max-width: 72ch; }
.bad { color: var(--trouble); } .good { color: var(--challenger); }
.prose { max-width: 80ch; padding-left: 1.2em; overflow-wrap: anywhere; }
td, tbody th { overflow-wrap: break-word; max-width: 44ch; font-weight: 400; }
tbody th { min-width: 9em; }
td.long { min-width: 26ch; max-width: 76ch; }
summary { cursor: pointer; padding: 4px 0; width: fit-content; }
.method { margin-top: 44px; border-top: 1px solid var(--rule); padding-top: 14px; }
.method > summary { font-size: 1.1rem; font-weight: 650; color: var(--ink); }
@media print { .scroll table { font-size: 0.68rem; } .scroll td, .scroll th { padding-right: 6px; min-width: 0; } td.number, td.long, tbody th { white-space: normal; min-width: 0; } }
`;

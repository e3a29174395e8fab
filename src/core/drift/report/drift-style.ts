import { sha256Hex } from "../../hash/sha256.ts";
import { toBase64 } from "../../profile/packing.ts";

/** Style of the drift and profile pages: light and dark, phone width, colours told apart without red-green sight. */
export const driftStyle = `
:root{color-scheme:light dark;--ink:#1c1c1a;--soft:#5f5e5a;--paper:#fff;--rule:#d9d8d3;--ref:#b4b2a9;--cur:#185fa5;--bad:#b3261e;--good:#2e6b3d;--band:#ecebe6}
@media (prefers-color-scheme:dark){:root{--ink:#ececea;--soft:#a8a69f;--paper:#161615;--rule:#3a3a37;--ref:#6d6b65;--cur:#7db8f0;--bad:#ff8a80;--good:#8fce9d;--band:#2a2a28}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
main{max-width:1080px;margin:0 auto;padding:24px 16px 64px}
h1{font-size:26px;line-height:1.25;font-weight:600;margin:.2em 0 .5em;overflow-wrap:anywhere}
h2{font-size:18px;margin:2em 0 .5em}
h3{font-size:16px;margin:0 0 .2em;overflow-wrap:anywhere}
h3 small{font-weight:400;color:var(--soft);font-size:14px}
p{margin:.3em 0 .6em;max-width:75ch;overflow-wrap:anywhere}
.quiet{color:var(--soft)}.bad{color:var(--bad)}.good{color:var(--good)}
article{border-top:1px solid var(--rule);padding:16px 0}
.charts{display:flex;flex-wrap:wrap;gap:16px}
figure{margin:0;flex:1 1 320px;min-width:0;max-width:560px}
svg{width:100%;height:auto;display:block;font:12px system-ui,sans-serif}
svg text{fill:var(--soft)}
.ref-area{fill:var(--ref);fill-opacity:.7}
.cur-line{fill:none;stroke:var(--cur);stroke-width:2}
.axis{stroke:var(--rule)}
.band{fill:var(--band)}
.alarm{fill:var(--bad)}
.heat{fill:var(--cur)}
.scroll{overflow-x:auto}
.scroll>svg{min-width:640px}
.legend{color:var(--soft)}
.key{display:inline-block;width:14px;height:10px;margin:0 4px 0 12px}
.key.ref{background:var(--ref)}.key.cur{border-top:2px solid var(--cur);height:4px}
table{border-collapse:collapse;font-size:13px;font-variant-numeric:tabular-nums}
th,td{text-align:left;padding:4px 10px 4px 0;border-bottom:1px solid var(--rule);vertical-align:top;max-width:36ch;overflow-wrap:anywhere}
th{color:var(--soft);font-weight:500;white-space:nowrap}
summary{cursor:pointer;color:var(--soft)}
summary:focus-visible{outline:2px solid var(--cur)}
ul{padding-left:1.2em;max-width:80ch;overflow-wrap:anywhere}
`;

/** The style's digest, for a content security policy. */
export function styleSource(): string {
  const bytes = Uint8Array.from(sha256Hex(driftStyle).match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
  return `sha256-${toBase64(bytes)}`;
}

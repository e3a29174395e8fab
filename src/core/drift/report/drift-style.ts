import { documentTheme } from "../../report/page-theme.ts";

/** Style of the pictures of columns. Their drawings stretch with the page, their texts are HTML and stay as large as text. */
export const driftStyle = `${documentTheme}
main { max-width: 1080px; }
article { border-top: 1px solid var(--rule); padding: 16px 0; }
article h3 { margin: 0 0 2px; } article h3 small { font-weight: 400; color: var(--quiet); font-size: 0.92rem; }
article > p { max-width: 80ch; }
.warnings { border-left: 3px solid var(--tried-rule); padding-left: 28px; margin: 12px 0; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 330px), 1fr)); gap: 16px 32px; margin: 8px 0; }
figure { margin: 0; min-width: 0; }
figcaption { color: var(--quiet); font-size: 0.85rem; margin-bottom: 4px; }
.drawing { display: block; width: 100%; height: 120px; overflow: visible; }
.drawing path { vector-effect: non-scaling-stroke; }
.ref-area { fill: var(--area); } .cur-line { fill: none; stroke: var(--challenger); stroke-width: 2; stroke-linejoin: round; }
.base { stroke: var(--rule); stroke-width: 1; } .band { fill: var(--band); } .limit { fill: none; stroke: var(--champion); stroke-width: 1; stroke-dasharray: 4 3; }
.dot { stroke: var(--trouble); stroke-width: 8; stroke-linecap: round; }
.scaled { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 2px 8px; }
.scale { display: flex; flex-direction: column; justify-content: space-between; text-align: right; }
.scale, .ticks, .heat, .bars { font-size: 12.5px; font-variant-numeric: tabular-nums; color: var(--quiet); }
.ticks { display: flex; justify-content: space-between; gap: 8px; grid-column: -2; }
.key { display: inline-block; width: 14px; height: 10px; margin: 0 4px 0 0; background: var(--area); } .key.cur { height: 3px; vertical-align: middle; background: var(--challenger); }
.key + .key, .key.cur { margin-left: 12px; }
.heat > *, .bars > * { display: grid; grid-template-columns: minmax(90px, 200px) minmax(0, 1fr); gap: 10px; align-items: center; }
.bars > * { grid-template-columns: minmax(90px, 200px) minmax(0, 1fr) 4.2em; }
.heat a, .heat b, .bars a, .bars b { text-align: right; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; padding: 3px 0 3px 3px; line-height: 19px; color: var(--ink); font-weight: 400; unicode-bidi: isolate; }
.heat svg, .bars svg { width: 100%; height: 20px; display: block; }
.heat .cell { fill: var(--challenger); } .alarm { fill: var(--trouble); }
.bars span { white-space: nowrap; } .bars .bar { fill: var(--champion); } .bars .bar.moved { fill: var(--trouble); } .bars .limit { stroke: var(--ink); vector-effect: non-scaling-stroke; }
.shares { width: 100%; } .shares td, .shares th { border: 0; padding: 2px 8px 2px 0; min-width: 0; font-size: 0.85rem; } .shares tbody th { max-width: 16ch; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.shares svg { display: block; width: 100%; min-width: 80px; height: 18px; } .shares .number { width: 9.5em; }
.mark { fill: var(--challenger); }
.rest > summary { font-weight: 600; color: var(--ink); margin-top: 12px; }
@media (max-width: 620px) { .heat > * { grid-template-columns: 92px minmax(0, 1fr); } .bars > * { grid-template-columns: 92px minmax(0, 1fr) 3.6em; } }
@media print { article { break-inside: avoid; } }
`;

/** The console's style: light and dark, one column, nothing smaller than 14 px, focus always seen. */
export const consoleStyle = `
:root { color-scheme: light dark; --ink: #1b1f24; --paper: #fff; --quiet: #59636e; --line: #d1d9e0; --bad: #b3261e; --act: #0a5cc2; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6edf3; --paper: #14181d; --quiet: #9aa5b1; --line: #39424d; --bad: #ff8a80; --act: #79b8ff; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 60rem; padding: 1.5rem 1rem 4rem; font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); }
h1 { font-size: 2rem; line-height: 1.2; margin: 0 0 1.5rem; }
h1.bad, .bad { color: var(--bad); }
h2 { font-size: 1.3rem; margin: 0; }
section { border-top: 1px solid var(--line); padding: 1.2rem 0; }
p { margin: .4rem 0; }
.quiet { color: var(--quiet); font-size: 14px; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .25rem .8rem .25rem 0; vertical-align: top; overflow-wrap: anywhere; }
th { color: var(--quiet); font-weight: normal; font-size: 14px; }
button { font: inherit; padding: .55rem 1rem; border-radius: .4rem; border: 1px solid var(--line); background: none; color: var(--ink); cursor: pointer; }
button.brake { border-color: var(--bad); color: var(--bad); font-weight: 600; margin-top: .6rem; }
button[disabled] { opacity: .5; cursor: not-allowed; }
:focus-visible { outline: 3px solid var(--act); outline-offset: 2px; }
input { font: inherit; padding: .5rem; width: 100%; color: inherit; background: none; border: 1px solid var(--line); border-radius: .4rem; }
label { display: block; margin: .6rem 0 .2rem; }
dialog { max-width: 34rem; width: calc(100% - 2rem); color: var(--ink); background: var(--paper); border: 1px solid var(--line); border-radius: .6rem; padding: 1.2rem; }
dialog::backdrop { background: rgb(0 0 0 / .5); }
.row { display: flex; gap: .6rem; margin-top: 1rem; flex-wrap: wrap; }
`;

/** The console: a view for each place in the address, loaded again whenever the server says that something changed. */
import { h } from "../report-page/dom.ts";
import { alarmsView } from "./alarms-view.ts";
import { field, labelled, tell } from "./ask.ts";
import { answersView } from "./answers-view.ts";
import { auditView } from "./audit-view.ts";
import { modelView } from "./model-view.ts";
import { nowView } from "./now-view.ts";
import { overridesView } from "./overrides-view.ts";
import { forgetBlocks, goOnAging, p, type Shown, showBlocks, timeWords } from "./parts.ts";
import { onRefresh } from "./refresh.ts";
import { follow, forgetWhoAsks, learnWhoAsks, Refused, useKey, whoAsks } from "./server.ts";
import { serverView } from "./server-view.ts";
import { lineageView, versionView } from "./version-view.ts";

type View = (path: readonly string[]) => Promise<Shown>;

const views: Readonly<Record<string, View>> = {
  "": nowView,
  model: modelView,
  version: versionView,
  lineage: lineageView,
  alarms: alarmsView,
  overrides: overridesView,
  answers: answersView,
  audit: auditView,
  server: serverView,
};
const places = [
  ["#/", "Now"],
  ["#/alarms", "Alarms"],
  ["#/answers", "Answers"],
  ["#/overrides", "Overrides"],
  ["#/audit", "Audit trail"],
  ["#/server", "Server"],
] as const;

const main = document.querySelector("main")!;
const top = document.getElementById("top")!;
const connection = h("span", { role: "status", class: "connection" });
const who = h("span", { class: "quiet" });

function navigation(): void {
  const links = places.map(([to, text]) => h("a", { href: to }, text));
  top.replaceChildren(
    h("nav", { "aria-label": "Console" }, h("strong", {}, "Umpire"), ...links),
    h("p", {}, connection, who),
  );
}

const parts = (): string[] => location.hash.replace(/^#\/?/, "").split("/").map(decodeURIComponent);

function markPlace(): void {
  const here = `#/${parts()[0] ?? ""}`;
  for (const link of top.querySelectorAll("nav a")) {
    if (link.getAttribute("href") === here) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

let loading = false;
let again = false;

/** One load at a time; what was asked for meanwhile is loaded once more afterwards. */
async function load(): Promise<void> {
  if (loading) {
    again = true;
    return;
  }
  loading = true;
  do {
    again = false;
    const place = location.hash;
    try {
      if (whoAsks() === null) await learnWhoAsks();
      const [name = "", ...path] = parts();
      const shown = await (views[name] ?? nowView)(path);
      if (place !== location.hash) continue;
      document.title = `${shown.title} · Umpire`;
      showBlocks(main, shown.blocks);
      who.textContent = ` ${whoAsks()?.name ?? ""}, ${whoAsks()?.role ?? ""}`;
    } catch (error) {
      failed(error);
    }
  } while (again);
  loading = false;
}

function failed(error: unknown): void {
  const refused = error instanceof Refused ? error : new Refused(String(error), -1);
  // What was shown stays while the server does not answer: the status line says how old it is.
  if (refused.status === 0 && main.querySelector("[data-block]") !== null) return;
  forgetBlocks();
  document.title = "Umpire";
  if (refused.status === 401) return keyForm(refused.message);
  main.replaceChildren(
    h("h1", { class: "bad" }, refused.status === 0 ? "The server does not answer" : "This cannot be shown"),
    p(refused.message),
    h("p", {}, h("a", { href: "#/" }, "To what is live now")),
  );
}

function keyForm(message: string): void {
  if (document.activeElement?.closest("form.key") != null) return;
  forgetWhoAsks();
  const key = field("Key (kept for this tab only)", "", "password");
  const open = (event: Event): void => {
    event.preventDefault();
    useKey(key.input.value.trim());
    forgetWhoAsks();
    key.input.blur();
    void load().then(() => start());
  };
  main.replaceChildren(
    h(
      "form",
      { class: "key", submit: open },
      h("h1", {}, "A key is needed"),
      p(message, "quiet"),
      labelled(key),
      h("p", { class: "buttons" }, h("button", { type: "submit", class: "act" }, "Open")),
    ),
  );
  key.input.focus();
}

let following = false;
let soon: ReturnType<typeof setTimeout> | null = null;

/** Changes come in bursts: one load for all that came within a quarter of a second. */
function changed(): void {
  soon ??= setTimeout(() => {
    soon = null;
    void load();
  }, 250);
}

function lost(since: Date | null): void {
  connection.textContent =
    since === null
      ? "● live"
      : `✗ no connection since ${timeWords(since.toISOString())}; trying again, what is shown may be old`;
  connection.classList.toggle("bad", since !== null);
}

function start(): void {
  if (following || whoAsks() === null) return;
  following = true;
  void follow({ changed, lost }).then(() => {
    following = false;
  });
}

// A button whose work fails outside a dialog says so, too.
window.addEventListener("unhandledrejection", ({ reason }) =>
  tell(reason instanceof Error ? reason.message : String(reason), true),
);
navigation();
onRefresh(() => void load());
window.addEventListener("hashchange", () => {
  markPlace();
  tell("");
  window.scrollTo(0, 0);
  void load().then(() => main.focus({ preventScroll: true }));
});
markPlace();
goOnAging();
void load().then(start);
// Gateways fall silent without a change that would say so.
setInterval(() => void load(), 15_000);

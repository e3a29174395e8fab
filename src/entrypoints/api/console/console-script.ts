/**
 * The console's script, for browsers: text only ever goes into text nodes, so that no name of a model or reason can become
 * markup. Plain JavaScript, sent as it is.
 */
export const consoleScript = String.raw`
"use strict";
const main = document.querySelector("main");
const dialog = document.querySelector("dialog");
let shown = "";

function el(tag, properties, ...children) {
  const node = document.createElement(tag);
  Object.assign(node, properties);
  node.append(...children.filter((child) => child !== null));
  return node;
}

async function call(path, method = "GET", body = null) {
  const headers = {};
  const key = sessionStorage.getItem("umpire-key");
  if (key) headers.authorization = "Bearer " + key;
  if (body !== null) headers["content-type"] = "application/json";
  const answer = await fetch(path, { method, headers, body: body === null ? null : JSON.stringify(body) });
  const document = await answer.json().catch(() => ({}));
  if (answer.ok) return document;
  const error = new Error([document.detail ?? "the server does not answer", ...(document.mend ?? [])].join("; "));
  error.status = answer.status;
  throw error;
}

const or = (promise, value) => promise.catch((error) => { if (error.status === 401) throw error; return value; });

function when(text) {
  if (!text) return "never";
  const minutes = Math.round((Date.now() - Date.parse(text)) / 60000);
  const ago = minutes < 1 ? "just now" : minutes < 60 ? minutes + " min ago" : minutes < 2880 ? Math.round(minutes / 60) + " h ago" : Math.round(minutes / 1440) + " days ago";
  return ago + ", " + new Date(text).toLocaleString();
}

async function load() {
  const [status, alerts] = await Promise.all([call("/v1/status"), or(call("/v1/alerts"), { alerts: [] })]);
  const models = await Promise.all(status.models.map(async (model) => {
    const path = "/v1/models/" + encodeURIComponent(model.name);
    const [routing, release, back] = await Promise.all([
      or(call(path + "/routing?limit=5"), { changes: [] }),
      or(call(path + "/release"), null),
      or(call(path + "/rollback"), null),
    ]);
    return { ...model, path, changes: routing.changes, release, back };
  }));
  return { status, alerts: (alerts.alerts ?? []).filter((alert) => alert.state === "firing" || alert.firing === true), models };
}

function headline({ status, alerts, models }) {
  const astray = status.gateways.filter((gateway) => !gateway.agrees);
  const asking = models.filter((model) => model.release?.question);
  if (alerts.length > 0) return ["bad", alerts.length === 1 ? "One alarm: " + alertText(alerts[0]) : alerts.length + " alarms; the first: " + alertText(alerts[0])];
  if (astray.length > 0) return ["bad", "Gateway " + astray[0].id + " does not do what it should: " + (astray[0].problem ?? "it is at change " + astray[0].revision + " of " + status.revision)];
  if (asking.length > 0) return ["", "A release of " + asking[0].name + " asks for your word"];
  if (status.models.length === 0) return ["", "No model yet. Register one: umpire models register NAME --onnx FILE"];
  return ["", "Nothing is wrong"];
}

const alertText = (alert) => alert.title ?? alert.text ?? alert.message ?? alert.key ?? "";

function modelSection(model) {
  const cohorts = model.cohorts.filter((cohort) => cohort.arms.length > 0);
  const [latest, before] = model.changes;
  const section = el("section", {},
    el("h2", {}, model.name),
    el("p", {}, model.champion === null ? "Nothing is live." : "Version " + model.champion + " is live since " + when(model.since) + "."),
    latest ? el("p", { className: "quiet" }, "What changed: " + latest.reason + " (" + latest.by + ")") : null,
    cohorts.length > 0 ? table(["cohort", "who answers"], cohorts.map((cohort) => [cohort.name, cohort.arms.map((arm) => arm.version + " " + Math.round(arm.share * 1000) / 10 + "%").join(", ")])) : null,
    model.release ? el("p", {}, "Release of " + model.release.challenger + ": " + model.release.at + (model.release.analysis ? "; " + model.release.analysis.reason : "")) : null,
    model.release?.question ? el("p", { className: "bad" }, model.release.question.text) : null,
  );
  if (model.back && model.back.to !== model.back.from) {
    const button = el("button", { className: "brake", type: "button" }, "Roll back " + model.name + " to " + model.back.to + " now");
    button.addEventListener("click", () => ask(model));
    section.append(button);
  } else if (before) section.append(el("p", { className: "quiet" }, "There is nothing else to go back to by itself; umpire rollback " + model.name + " --to VERSION takes any kept version."));
  return section;
}

function table(head, rows) {
  return el("table", {},
    el("thead", {}, el("tr", {}, ...head.map((text) => el("th", { scope: "col" }, text)))),
    el("tbody", {}, ...rows.map((row) => el("tr", {}, ...row.map((text) => el("td", {}, String(text)))))));
}

function ask(model) {
  const name = el("input", { id: "name", autocomplete: "off" });
  const reason = el("input", { id: "reason", value: "rolled back from the console" });
  const problem = el("p", { className: "bad", role: "alert" });
  const yes = el("button", { className: "brake", type: "submit", disabled: true }, "Roll back to " + model.back.to + " now");
  const no = el("button", { type: "button" }, "Leave it");
  name.addEventListener("input", () => { yes.disabled = name.value !== model.name; });
  no.addEventListener("click", () => dialog.close());
  const form = el("form", {},
    el("h2", {}, "Back from " + model.back.from + " to " + model.back.to + "?"),
    el("p", {}, "What follows:"),
    el("ul", {}, ...model.back.follows.map((line) => el("li", {}, line))),
    el("label", { htmlFor: "reason" }, "Why (kept in the audit trail)"), reason,
    el("label", { htmlFor: "name" }, "Type the model's name, " + model.name), name,
    problem, el("div", { className: "row" }, yes, no));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (name.value !== model.name) return;
    yes.disabled = true;
    try {
      await call(model.path + "/rollback", "POST", { to: model.back.to, cohort: null, reason: reason.value || "rolled back from the console" });
      dialog.close();
      await refresh();
    } catch (error) {
      problem.textContent = error.message;
      yes.disabled = false;
    }
  });
  dialog.replaceChildren(form);
  dialog.showModal();
  name.focus();
}

function keyForm(message) {
  const key = el("input", { id: "key", type: "password", autocomplete: "off" });
  const form = el("form", {},
    el("h1", {}, "A key is needed"), el("p", { className: "quiet" }, message),
    el("label", { htmlFor: "key" }, "Key (kept for this tab only)"), key,
    el("div", { className: "row" }, el("button", { type: "submit" }, "Open")));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    sessionStorage.setItem("umpire-key", key.value.trim());
    shown = "";
    void refresh().then(follow);
  });
  main.replaceChildren(form);
}

async function refresh() {
  try {
    const found = await load();
    const text = JSON.stringify([found.status.models, found.status.gateways.map((gateway) => [gateway.id, gateway.agrees, gateway.problem]), found.alerts, found.models.map((model) => [model.changes, model.release, model.back])]);
    if (text === shown) return;
    shown = text;
    const [className, words] = headline(found);
    document.title = (className === "bad" ? "! " : "") + words;
    main.replaceChildren(
      el("h1", { className }, words),
      ...found.alerts.map((alert) => el("p", { className: "bad" }, alertText(alert) + (alert.since ? ", since " + when(alert.since) : ""))),
      ...found.models.map(modelSection),
      el("section", {}, el("h2", {}, "Gateways"),
        found.status.gateways.length === 0 ? el("p", {}, "None follows this server: umpire gateway --server " + location.origin)
          : table(["gateway", "does what the server says", "heard of"], found.status.gateways.map((gateway) => [gateway.id, gateway.agrees ? "yes" : "no: " + (gateway.problem ?? "behind"), when(gateway.seen)]))),
      el("p", { className: "quiet" }, "Umpire " + found.status.version + " · change " + found.status.changes + " of the audit trail"));
  } catch (error) {
    shown = "";
    if (error.status === 401) keyForm(error.message);
    else main.replaceChildren(el("h1", { className: "bad" }, "The server does not answer"), el("p", {}, "Gateways go on as before. " + error.message));
  }
}

let following = false;
async function follow() {
  if (following) return;
  following = true;
  for (;;) {
    try {
      const key = sessionStorage.getItem("umpire-key");
      const answer = await fetch("/v1/events", { headers: key ? { authorization: "Bearer " + key } : {} });
      if (answer.status === 401) { following = false; return; }
      const reader = answer.body.getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        if (new TextDecoder().decode(value).includes("data:")) await refresh();
      }
    } catch { /* Asked again below. */ }
    await new Promise((settle) => setTimeout(settle, 2000));
    await refresh();
  }
}

void refresh().then(follow);
setInterval(() => void refresh(), 15000);
`;

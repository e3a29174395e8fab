import { h } from "../report-page/dom.ts";
import { field, labelled } from "./ask.ts";
import { block, button, number, p, type Shown, table, time } from "./parts.ts";
import { call } from "./server.ts";
import type { AuditEntry, TrailCheck } from "./types.ts";

const PAGE = 100;

/** Who did what, newest first, of one kind or one thing where asked. */
export async function auditView([kind = "", id = "", before = ""]: readonly string[]): Promise<Shown> {
  const query = new URLSearchParams({ limit: String(PAGE) });
  if (kind !== "") query.set("kind", kind);
  if (id !== "") query.set("id", id);
  if (before !== "") query.set("before", before);
  const { entries } = await call<{ entries: AuditEntry[] }>(`/v1/audit?${query.toString()}`);
  return {
    title: "Audit trail",
    blocks: [
      block("audit head", [kind, id], () => head(kind, id)),
      block("audit entries", [entries, kind, id], () => list(entries, kind, id)),
    ],
  };
}

const place = (kind: string, id: string, before: string): string =>
  `#/audit/${encodeURIComponent(kind)}/${encodeURIComponent(id)}/${before}`;

function head(kind: string, id: string): HTMLElement {
  const ofKind = field("Kind, such as routing, version, rollout, alert, key", kind);
  const ofId = field("Which one, such as late-flights/3", id);
  const go = (event: Event): void => {
    event.preventDefault();
    location.hash = place(ofKind.input.value.trim(), ofId.input.value.trim(), "");
  };
  const said = h("p", { role: "status" });
  const check = async (): Promise<void> => {
    said.textContent = "Checking…";
    const found = await call<TrailCheck>("/v1/audit/verification");
    said.className = found.sound ? "" : "bad";
    said.textContent = found.sound
      ? `✓ ${number(found.entries)} entries, chained by hash, say what is stored. Head ${found.head.hash}.`
      : `✗ ${found.problems.join("; ")}`;
  };
  return h(
    "div",
    {},
    h("h1", {}, "Audit trail"),
    h(
      "form",
      { class: "line", submit: go },
      labelled(ofKind),
      labelled(ofId),
      h("button", { type: "submit" }, "Show these"),
    ),
    h(
      "p",
      { class: "buttons" },
      button("Check the chain", () => void check().catch((error: unknown) => (said.textContent = String(error)))),
    ),
    said,
  );
}

function list(entries: readonly AuditEntry[], kind: string, id: string): HTMLElement {
  if (entries.length === 0) return p("Nothing of that kind is in the trail.");
  const rows = entries.map((entry) => [
    String(entry.sequence),
    time(entry.time),
    `${entry.actor} (${entry.role})`,
    entry.action,
    h("span", { class: "id" }, entry.id),
    reasonOf(entry),
  ]);
  const last = entries.at(-1)?.sequence ?? 1;
  return h(
    "div",
    {},
    table("Audit trail", ["entry", "when", "who", "did", "to", "why"], rows),
    h(
      "p",
      {},
      entries.length === PAGE && last > 1
        ? h("a", { href: place(kind, id, String(last)) }, "Older")
        : p("This is the beginning.", "quiet"),
    ),
  );
}

/** The reason where one was given, else what is told in a word or a number; the rest is in the API. */
function reasonOf({ detail }: AuditEntry): string {
  if (typeof detail !== "object" || detail === null || Array.isArray(detail)) return "";
  const { reason, ...others } = detail as Readonly<Record<string, unknown>>;
  if (typeof reason === "string" && reason !== "") return reason;
  return Object.entries(others)
    .flatMap(([key, value]) => (typeof value === "string" || typeof value === "number" ? [`${key} ${value}`] : []))
    .join("; ");
}

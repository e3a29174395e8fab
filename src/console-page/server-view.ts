import { h } from "../report-page/dom.ts";
import { block, button, p, section, type Shown, table, timeWords, time } from "./parts.ts";
import { call, hasKey, useKey, whoAsks } from "./server.ts";
import type { Gateway, Schedule, Status } from "./types.ts";

/** Gateways, schedules, and who is asking. */
export async function serverView(): Promise<Shown> {
  const [status, { gateways }, { schedules }] = await Promise.all([
    call<Status>("/v1/status"),
    call<{ gateways: Gateway[] }>("/v1/gateways"),
    call<{ schedules: Schedule[] }>("/v1/schedules"),
  ]);
  const heard = gateways.map(({ seen: _seen, silentSeconds, ...rest }) => ({ ...rest, silent: silentSeconds > 60 }));
  return {
    title: "Server",
    blocks: [
      block("server", [status.version, status.changes, whoAsks()], () => serverSection(status)),
      block("server gateways", heard, () => gatewaySection(gateways, status.revision)),
      block("schedules", schedules, () => scheduleSection(schedules)),
    ],
  };
}

function serverSection({ version, changes, revision }: Status): HTMLElement {
  const me = whoAsks();
  const forget = (): void => {
    useKey("");
    location.reload();
  };
  return h(
    "div",
    {},
    h("h1", {}, "Server"),
    p(`Umpire ${version}, change ${changes} of the audit trail, routing ${revision}.`),
    me === null ? null : p(`You are ${me.name}, ${me.role}.`),
    h(
      "p",
      { class: "buttons" },
      hasKey() ? button("Forget my key", forget) : null,
      h("a", { href: "/openapi.json" }, "Description of the API"),
    ),
  );
}

function gatewaySection(gateways: readonly Gateway[], revision: number): HTMLElement {
  const rows = gateways.map((one) => [
    one.id,
    one.agrees ? "✓ yes" : `✗ no: ${one.problems.join("; ") || `at ${one.revision} of ${revision}`}`,
    one.address ?? "",
    time(one.seen),
  ]);
  return section(
    "Gateways",
    gateways.length === 0
      ? h("p", {}, "None follows this server: ", h("code", {}, `umpire gateway --server ${location.origin}`))
      : table("Gateways", ["gateway", "does what the server says", "address", "heard of"], rows),
  );
}

function scheduleSection(schedules: readonly Schedule[]): HTMLElement {
  return section(
    "Schedules",
    schedules.length === 0
      ? h("p", {}, "None: ", h("code", {}, "umpire schedule --help"))
      : table(
          "Schedules",
          ["schedule", "job", "when", "next", "last"],
          schedules.map((one) => [one.name, one.job, `${one.cron} (${one.timeZone})`, nextRun(one), lastRun(one)]),
        ),
  );
}

const nextRun = ({ enabled, next }: Schedule): string =>
  !enabled ? "switched off" : next === null ? "never" : timeWords(next);

const runMarks = { running: "… running", done: "✓ done", failed: "✗ failed", interrupted: "✗ interrupted" } as const;

const lastRun = ({ run }: Schedule): string =>
  run === null
    ? "not yet"
    : `${runMarks[run.outcome]}, ${timeWords(run.started)}${run.message === "" ? "" : `: ${run.message}`}`;

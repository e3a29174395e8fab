import type { Command } from "commander";
import type { CommandContext } from "../context.ts";

/** One command: its line in `umpire --help`, and the module that is loaded only when it is called. */
export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<{ register(program: Command, context: CommandContext): void }>;
}

/** In the order in which `--help` prints them. */
export const commands: readonly CommandEntry[] = [
  {
    name: "demo",
    summary: "the whole story on a million real flights, in some ten seconds",
    load: () => import("./demo.ts"),
  },
  {
    name: "init",
    summary: "look at your data and write the policy that judges it",
    load: () => import("./init.ts"),
  },
  {
    name: "judge",
    summary: "judge a challenger against the champion, slice by slice",
    load: () => import("./judge.ts"),
  },
  {
    name: "verify",
    summary: "recompute a verdict from its record",
    load: () => import("./verify.ts"),
  },
  {
    name: "check",
    summary: "validate files and rows before they are used",
    load: () => import("./check.ts"),
  },
  {
    name: "quarantine",
    summary: "rows that were set aside: list, show, mend, release",
    load: () => import("./quarantine.ts"),
  },
  {
    name: "profile",
    summary: "mergeable summary of columns, small enough to keep for ever",
    load: () => import("./profile.ts"),
  },
  {
    name: "drift",
    summary: "what moved in the data, how much, how surely",
    load: () => import("./drift.ts"),
  },
  {
    name: "skew",
    summary: "features as served against features as they should be",
    load: () => import("./skew.ts"),
  },
  {
    name: "gateway",
    summary: "serve models: answer, route, shadow, fall back, log",
    load: () => import("./gateway.ts"),
  },
  {
    name: "predict",
    summary: "score files as live requests are scored",
    load: () => import("./predict.ts"),
  },
  {
    name: "override",
    summary: "what people decide over a model: block or boost an item, opt a unit out",
    load: () => import("./override.ts"),
  },
  {
    name: "label",
    summary: "bring labels for predictions, from files",
    load: () => import("./label.ts"),
  },
  {
    name: "export",
    summary: "served features joined with their labels, as a training set",
    load: () => import("./export.ts"),
  },
  {
    name: "up",
    summary: "everything on this machine: server, console and gateway",
    load: () => import("./up.ts"),
  },
  {
    name: "server",
    summary: "the control plane: registry, releases, schedules, audit",
    load: () => import("./server.ts"),
  },
  {
    name: "models",
    summary: "the registry: register, list, aliases, lineage, what was live when",
    load: () => import("./models.ts"),
  },
  {
    name: "datasets",
    summary: "data sets by the fingerprint of their contents: register, list",
    load: () => import("./datasets.ts"),
  },
  {
    name: "release",
    summary: "from verdict to full traffic, stage by stage, with a hand on the brake",
    load: () => import("./release.ts"),
  },
  {
    name: "rollback",
    summary: "back to a kept version within a second",
    load: () => import("./rollback.ts"),
  },
  {
    name: "status",
    summary: "what is live, since when, why",
    load: () => import("./status.ts"),
  },
  {
    name: "alerts",
    summary: "what fires, since when, what to do; silence it or end it",
    load: () => import("./alerts.ts"),
  },
  {
    name: "audit",
    summary: "who changed what, when, and whether the trail is whole",
    load: () => import("./audit.ts"),
  },
  {
    name: "keys",
    summary: "who may do what: make, list and delete keys",
    load: () => import("./keys.ts"),
  },
  {
    name: "retrain",
    summary: "train again by the steps of the policy, then judge what came out",
    load: () => import("./retrain.ts"),
  },
  {
    name: "reproduce",
    summary: "run a recorded retraining again and compare what comes out",
    load: () => import("./reproduce.ts"),
  },
  {
    name: "stress",
    summary: "put ten times the expected load on a gateway, before production does",
    load: () => import("./stress.ts"),
  },
  {
    name: "replay",
    summary: "send past requests to a gateway again, with their labels arriving late",
    load: () => import("./replay.ts"),
  },
  {
    name: "schedule",
    summary: "what the server does by itself, and when",
    load: () => import("./schedule.ts"),
  },
  {
    name: "backup",
    summary: "copy the server's state, also while it runs",
    load: () => import("./backup.ts"),
  },
  {
    name: "restore",
    summary: "put a backup of the server's state in its place",
    load: () => import("./restore.ts"),
  },
];

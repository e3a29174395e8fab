import type { Command } from "commander";
import { Failure } from "../../../core/failures.ts";
import { type ApiClient, openApi } from "../api/api-client.ts";
import { confirmByName } from "../api/confirm.ts";
import { modelPath } from "../api/model-changes.ts";
import { type ServerCommandOptions, withServerOptions } from "../api/server-options.ts";
import type { CommandContext, ExitCode } from "../context.ts";
import type { Terminal } from "../terminal.ts";

interface RollbackOptions extends ServerCommandOptions {
  readonly to?: string;
  readonly cohort?: string;
  readonly reason?: string;
  readonly yes?: boolean;
}

interface RolledBack {
  readonly model: string;
  readonly to: string;
  readonly changed: boolean;
  readonly follows: readonly string[];
}

interface Following {
  readonly revision: number;
  readonly gateways: readonly { readonly revision: number }[];
}

const WAIT_FOR_GATEWAYS = 5000;

export function register(program: Command, context: CommandContext): void {
  const command = program
    .command("rollback")
    .argument("[model]", "name of the model; not needed where there is one")
    .option("--to <version>", "a kept version or an alias; default what answered before")
    .option("--cohort <name>", "this cohort only; default everyone")
    .option("--reason <text>", "kept in the audit trail", "rolled back by hand")
    .option("--yes", "do not ask: for scripts")
    .summary("back to a kept version within a second")
    .description(
      "Says what follows, asks for the model's name, and goes back. Looks at no numbers; the same again changes nothing.\n\nExit codes: 0 that version answers, 1 it does but a gateway has not followed yet, 2 nothing was changed.",
    );
  withServerOptions(command)
    .addHelpText(
      "after",
      '\nExamples:\n  umpire rollback\n  umpire rollback film-ranker --to 3 --yes\n  umpire rollback film-ranker --cohort "low activity"',
    )
    .action(context.action<RollbackOptions>((terminal, options, names) => rollBack(terminal, options, names, context)));
}

async function rollBack(
  terminal: Terminal,
  options: RollbackOptions,
  [given]: readonly string[],
  context: CommandContext,
): Promise<ExitCode> {
  const api = await openApi(options, context.workingDirectory);
  const model = given ?? (await onlyModel(api));
  const { to = null, cohort = null, reason = "rolled back by hand" } = options;
  const query = new URLSearchParams({ ...(to === null ? {} : { to }), ...(cohort === null ? {} : { cohort }) });
  const preview = await api.get<RolledBack>(`${modelPath(model, "rollback")}?${query.toString()}`);
  if (!preview.changed) {
    terminal.document({ schema: "umpire.rollback/1", ...preview, gateways: true });
    for (const line of preview.follows) terminal.print(` ✓ ${line}; nothing to do`);
    return 0;
  }
  if (options.yes !== true) {
    for (const line of preview.follows) terminal.remark(` ${line}`);
    await confirmByName(model, "roll back", `umpire rollback ${model} --to ${preview.to} --yes`, context.signal);
  }
  const started = performance.now();
  // The version that was shown, also where somebody else changes something in between.
  const done = await api.send<RolledBack>("POST", modelPath(model, "rollback"), { to: preview.to, cohort, reason });
  const followed = await gatewaysFollow(api);
  terminal.document({ schema: "umpire.rollback/1", ...done, gateways: followed });
  terminal.print(` ✓ version ${done.to} answers ${cohort ?? "everyone"}`);
  if (followed) {
    terminal.print(`   all gateways follow, after ${((performance.now() - started) / 1000).toFixed(1)} s`);
    return 0;
  }
  terminal.remark("   not every gateway has followed yet: umpire status says which");
  return 1;
}

async function onlyModel(api: ApiClient): Promise<string> {
  const { models } = await api.get<{ models: readonly { name: string }[] }>("/v1/models");
  const [first, ...others] = models;
  if (first !== undefined && others.length === 0) return first.name;
  throw new Failure("USAGE", {
    message: first === undefined ? "there is no model on this server" : "which model?",
    mend: models.slice(0, 10).map(({ name }) => `umpire rollback ${name}`),
  });
}

/** True once every gateway that is heard of answers by the newest routing. */
async function gatewaysFollow(api: ApiClient): Promise<boolean> {
  const until = performance.now() + WAIT_FOR_GATEWAYS;
  for (;;) {
    const { revision, gateways } = await api.get<Following>("/v1/status");
    if (gateways.every((gateway) => gateway.revision >= revision)) return true;
    if (performance.now() > until) return false;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

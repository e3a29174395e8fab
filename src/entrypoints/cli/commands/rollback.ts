import type { Command } from "commander";
import { Failure } from "../../../core/failures.ts";
import { type ApiClient, openApi, userName } from "../api/api-client.ts";
import { confirmByName } from "../api/confirm.ts";
import { type Following, waitForGateways } from "../api/gateways-follow.ts";
import { modelPath } from "../api/model-changes.ts";
import { type ServerCommandOptions, withServerOptions } from "../api/server-options.ts";
import type { CommandContext, ExitCode } from "../context.ts";
import type { Terminal } from "../terminal.ts";

interface RollbackOptions extends ServerCommandOptions {
  readonly to?: string;
  readonly cohort?: string;
  readonly reason?: string;
  readonly yes?: boolean;
  readonly gateway?: string;
}

interface RolledBack {
  readonly model: string;
  readonly cohort: string | null;
  readonly to: string;
  readonly changed: boolean;
  readonly follows: readonly string[];
}

export function register(program: Command, context: CommandContext): void {
  const command = program
    .command("rollback")
    .argument("[model]", "name of the model; not needed where there is one")
    .option("--to <version>", "a kept version or an alias; default what answered before")
    .option("--cohort <name>", "this cohort only; default everyone")
    .option("--reason <text>", "kept in the audit trail", "rolled back by hand")
    .option("--yes", "do not ask: for scripts")
    .option(
      "--gateway <url>",
      "at this gateway itself, while the server cannot be asked; the server takes it over later",
    )
    .summary("back to a kept version within a second")
    .description(
      "Says what follows, asks for the model's name, and goes back. Looks at no numbers; the same again changes nothing.\n\nExit codes: 0 that version answers, 1 it does but a gateway has not followed yet, 2 nothing was changed.",
    );
  withServerOptions(command)
    .addHelpText(
      "after",
      '\nExamples:\n  umpire rollback\n  umpire rollback film-ranker --to 3 --yes\n  umpire rollback film-ranker --cohort "low activity"\n  umpire rollback --gateway http://127.0.0.1:8080',
    )
    .action(context.action<RollbackOptions>((terminal, options, names) => rollBack(terminal, options, names, context)));
}

async function rollBack(
  terminal: Terminal,
  options: RollbackOptions,
  [given]: readonly string[],
  context: CommandContext,
): Promise<ExitCode> {
  const { gateway } = options;
  const api = await openApi(
    gateway === undefined ? options : { ...options, server: gateway },
    context.workingDirectory,
  );
  const reached = <T>(asked: Promise<T>): Promise<T> => reachedAt(asked, gateway !== undefined);
  const model = given ?? (await reached(onlyModel(api, gateway)));
  const { to = null, cohort = null, reason = "rolled back by hand" } = options;
  const query = new URLSearchParams({ ...(to === null ? {} : { to }), ...(cohort === null ? {} : { cohort }) });
  const preview = await reached(api.get<RolledBack>(`${modelPath(model, "rollback")}?${query.toString()}`));
  if (!preview.changed) {
    // Asked twice, or asked again because of a gateway: whether it is so out there is still the question.
    const following = gateway === undefined ? await waitForGateways(api) : itself(gateway);
    terminal.document(documentOf(preview, following));
    const [so = "", ...others] = preview.follows;
    terminal.print(` ✓ ${so}; nothing to do`);
    for (const line of others) terminal.remark(`   ${line}`);
    return gateway === undefined ? tellFollowing(terminal, following) : 0;
  }
  if (options.yes !== true) {
    for (const line of preview.follows) terminal.remark(` ${line}`);
    await confirmByName(model, "roll back", `${again(preview, gateway)} --yes`, context.signal);
  }
  const done = await rollBackTo(api, preview, reason, gateway);
  const following = gateway === undefined ? await waitForGateways(api) : itself(gateway);
  terminal.document(documentOf(done, following));
  terminal.print(
    ` ${following.all ? "✓" : "·"} version ${done.to} ${following.all ? "answers" : "is to answer"} ${cohort ?? "everyone"}${gateway === undefined ? "" : ` at ${gateway}`}`,
  );
  if (gateway === undefined) return tellFollowing(terminal, following);
  // What was not foreseen: that it could not be kept.
  for (const line of done.follows.filter((one) => !preview.follows.includes(one))) terminal.remark(` ✗ ${line}`);
  terminal.remark(
    "   other gateways: the same command with their address; the server brings it to all when it is back",
  );
  return 0;
}

/** Says, where the server cannot be asked, that all is as it was. */
async function reachedAt<T>(asked: Promise<T>, atGateway: boolean): Promise<T> {
  try {
    return await asked;
  } catch (cause) {
    if (!(cause instanceof Failure) || cause.code !== "SERVER") throw cause;
    const message = `${cause.message}; nothing was changed; the gateways go on with what they had`;
    const mend = atGateway
      ? ["is this a gateway's address? --gateway http://127.0.0.1:8080 is the usual one"]
      : [...cause.mend, "the server does not start? roll back at each gateway: umpire rollback --gateway URL"];
    throw new Failure("SERVER", { message, mend, cause });
  }
}

/** To the version that was shown, also where somebody else changes something in between. */
async function rollBackTo(
  api: ApiClient,
  preview: RolledBack,
  reason: string,
  gateway: string | undefined,
): Promise<RolledBack> {
  const { model, to, cohort } = preview;
  try {
    return await api.send<RolledBack>("POST", modelPath(model, "rollback"), {
      to,
      cohort,
      reason,
      ...(gateway === undefined ? {} : { by: userName() }),
    });
  } catch (cause) {
    if (!(cause instanceof Failure) || cause.code !== "SERVER") throw cause;
    // The line broke in between: it may have been done.
    const mend = ["it is not known whether it was done; doing it twice changes nothing:", again(preview, gateway)];
    throw new Failure("SERVER", { message: cause.message, mend, cause });
  }
}

/** The same rollback as a command, word by word. */
function again({ model, to, cohort }: RolledBack, gateway: string | undefined): string {
  const part = cohort === null ? "" : ` --cohort ${JSON.stringify(cohort)}`;
  const at = gateway === undefined ? "" : ` --gateway ${gateway}`;
  return `umpire rollback ${model} --to ${to}${part}${at}`;
}

/** A gateway that was asked itself has followed with its answer. */
function itself(gateway: string): Following {
  return { followed: [gateway], astray: [], all: true, milliseconds: 0 };
}

function documentOf(done: RolledBack, { all, followed, astray }: Following) {
  return { schema: "umpire.rollback/1", ...done, gateways: all, followed, astray };
}

function tellFollowing(terminal: Terminal, { all, followed, astray, milliseconds }: Following): ExitCode {
  if (all) {
    const who = followed.length === 1 ? `gateway ${followed[0]} follows` : `all ${followed.length} gateways follow`;
    terminal.print(`   ${who}, after ${(milliseconds / 1000).toFixed(1)} s`);
    return 0;
  }
  for (const { gateway, why } of astray) terminal.remark(` ✗ gateway ${gateway} has not followed: ${why}`);
  if (followed.length > 0)
    terminal.remark(`   ${followed.join(", ")} ${followed.length === 1 ? "has" : "have"} followed`);
  if (astray.some(({ why }) => why.includes("could not be loaded"))) {
    terminal.remark("   what cannot be loaded never answers: umpire rollback MODEL --to VERSION takes another one");
  }
  if (followed.length + astray.length === 0) {
    terminal.remark(" ✗ no gateway has reported to this server: nothing shows that requests are answered by it");
  }
  terminal.remark("   it is kept: a gateway follows as soon as it reaches the server; umpire status says which have");
  return 1;
}

async function onlyModel(api: ApiClient, gateway: string | undefined): Promise<string> {
  const { models } = await api.get<{ models: readonly { name?: string; model?: string }[] }>("/v1/models");
  const names = models.map(({ name, model = "" }) => name ?? model);
  const [first, ...others] = names;
  if (first !== undefined && others.length === 0) return first;
  throw new Failure("USAGE", {
    message:
      first === undefined
        ? `there is no model on this ${gateway === undefined ? "server" : "gateway"}`
        : "which model?",
    mend: names
      .slice(0, 10)
      .map((name) => `umpire rollback ${name}${gateway === undefined ? "" : ` --gateway ${gateway}`}`),
  });
}

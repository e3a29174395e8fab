import type { Command } from "commander";
import type { CommandContext } from "../context.ts";
import { withServerOptions } from "../api/server-options.ts";
import { aliasModel, deleteVersion, type ModelOptions } from "../api/model-changes.ts";
import { attach, type ModelSettingOptions, setModel, showAttachment } from "../api/model-settings.ts";
import { listModels, showHistory, showLineage, showLive, showModel } from "../api/model-views.ts";
import { registerModel } from "../api/register-model.ts";

export function register(program: Command, context: CommandContext): void {
  const command = program
    .command("models")
    .summary("the registry: register, list, aliases, lineage, what was live when")
    .description("The registry of models and their immutable versions, on a running server.")
    .addHelpText(
      "after",
      "\nExamples:\n  umpire models list\n  umpire models register ranker --onnx model.onnx\n  umpire models alias ranker champion 1",
    );
  views(command, context);
  settings(command, context);
  changes(command, context);
}

function views(command: Command, context: CommandContext): void {
  withServerOptions(command.command("list").description("Prints all models."))
    .addHelpText("after", "\nExample:\n  umpire models list")
    .action(context.action<ModelOptions>((terminal, options) => listModels(terminal, options, context)));
  const show = command
    .command("show")
    .argument("<model>", "name of the model")
    .argument("[version]", "a version or an alias: everything about it")
    .description("Prints a model with its versions, or one version.");
  withServerOptions(show)
    .addHelpText("after", "\nExamples:\n  umpire models show film-ranker\n  umpire models show film-ranker champion")
    .action(context.action<ModelOptions>((terminal, options, names) => showModel(terminal, options, names, context)));
  const lineage = command
    .command("lineage")
    .argument("<node>", "MODEL/VERSION, or a node as the server names them: dataset:NAME@FINGERPRINT, commit:…")
    .option("--direction <way>", "up: what it was made from; down: what was made with it; both", "both")
    .description("Walks from data through training and evaluation to deployment, both ways.");
  withServerOptions(lineage)
    .addHelpText("after", "\nExample:\n  umpire models lineage film-ranker/3")
    .action(context.action<ModelOptions>((terminal, options, names) => showLineage(terminal, options, names, context)));
  const history = command
    .command("history")
    .argument("<model>", "name of the model")
    .description("Prints every change of who answers whom, newest first.");
  withServerOptions(history)
    .addHelpText("after", "\nExample:\n  umpire models history film-ranker")
    .action(context.action<ModelOptions>((terminal, options, names) => showHistory(terminal, options, names, context)));
  const live = command
    .command("live-at")
    .argument("<model>", "name of the model")
    .argument("[time]", "RFC 3339, or a date; default now")
    .option("--cohort <name>", "which cohort; default whoever no cohort sends elsewhere", "all")
    .summary("says what was live at a time, for a cohort, and why")
    .description(
      "Says what was live at a time, for a cohort, and why.\n\nExit codes: 0 something was live, 1 nothing was.",
    );
  withServerOptions(live)
    .addHelpText(
      "after",
      '\nExample:\n  umpire models live-at film-ranker 2026-11-01T12:00:00Z --cohort "low activity"',
    )
    .action(context.action<ModelOptions>((terminal, options, names) => showLive(terminal, options, names, context)));
}

function settings(command: Command, context: CommandContext): void {
  const set = command
    .command("set")
    .argument("<model>", "name of the model; made where there is none")
    .option("--owner <who>", "who is asked to act")
    .option("--description <text>", "what it is for")
    .option("--task <task>", "binary, multiclass, regression or ranking")
    .option("--unit <column>", "column of a record that names what is randomised and comes back")
    .option("--time <column>", "column with the time")
    .option("--id <column>", "column with the id of a row")
    .option("--group <column>", "ranking: column with the request")
    .option("--item <column>", "ranking: column with the item")
    .option("--tag <name=value>", "a tag of your own; may be given several times", collect, [])
    .option("--keep-versions <n>", "never delete the newest n versions; at least 7")
    .option("--keep-days <n>", "never delete what is younger")
    .description("Makes a model, or changes what is said about it; what is not given stays as it is.");
  withServerOptions(set)
    .addHelpText(
      "after",
      "\nExample:\n  umpire models set film-ranker --task ranking --unit user_id --owner films@example.org",
    )
    .action(
      context.action<ModelSettingOptions>((terminal, options, names) => setModel(terminal, options, names, context)),
    );
  const put = command
    .command("attach")
    .argument("<model>", "name of the model")
    .argument("<version>", "a version or an alias")
    .argument("<name>", "card, checklist, or a name of your own")
    .argument("<file>", "the document: JSON where its name ends so, else text")
    .description("Attaches a card, a checklist or another document to a version.");
  withServerOptions(put)
    .addHelpText("after", "\nExample:\n  umpire models attach film-ranker 3 card model-card.md")
    .action(context.action<ModelOptions>((terminal, options, names) => attach(terminal, options, names, context)));
  const show = command
    .command("attachment")
    .argument("<model>", "name of the model")
    .argument("<version>", "a version or an alias")
    .argument("[name]", "which one; default the names of all")
    .description("Prints a document of a version.");
  withServerOptions(show)
    .addHelpText("after", "\nExample:\n  umpire models attachment film-ranker 3 card")
    .action(
      context.action<ModelOptions>((terminal, options, names) => showAttachment(terminal, options, names, context)),
    );
}

function changes(command: Command, context: CommandContext): void {
  const add = command
    .command("register")
    .argument("<model>", "name of the model; made where there is none")
    .option("--onnx <file>", "an ONNX file")
    .option("--file <file>", "any other file: kept and traced, not served")
    .option("--url <address>", "a server that answers for it")
    .option("--constant <value>", "always this answer")
    .option(
      "--describe <file>",
      "JSON: { artifact: features, output, …; configuration: hyperparameters, threshold, data, commit, … }",
    )
    .option("--version <name>", "default the next number")
    .option("--alias <name>", "also point this alias at it; may be given several times", collect, [])
    .option("--verdict <file>", "verdict.json of its judgement, with evidence.bin beside it")
    .option("--against <version>", "the version that the verdict judged it against")
    .description("Registers an immutable version and prints its name. The same again changes nothing.");
  withServerOptions(add)
    .addHelpText(
      "after",
      "\nExamples:\n  umpire models register film-ranker --onnx challenger.onnx --alias challenger\n  umpire models register film-ranker --onnx challenger.onnx --verdict .umpire/film-ranker/verdict.json --against 1",
    )
    .action(
      context.action<ModelOptions>((terminal, options, names) => registerModel(terminal, options, names, context)),
    );
  const alias = command
    .command("alias")
    .argument("<model>", "name of the model")
    .argument("<alias>", "champion (once, where nothing is live yet), challenger, or a name of your own")
    .argument("[version]", "the version that it shall mean")
    .option("--remove", "take the alias away")
    .description("Points an alias at a version.");
  withServerOptions(alias)
    .addHelpText("after", "\nExample:\n  umpire models alias film-ranker challenger 3")
    .action(context.action<ModelOptions>((terminal, options, names) => aliasModel(terminal, options, names, context)));
  const remove = command
    .command("delete")
    .argument("<model>", "name of the model")
    .argument("<version>", "the version")
    .description("Deletes a version; refused for what is live, referenced or within the retention.");
  withServerOptions(remove)
    .addHelpText("after", "\nExample:\n  umpire models delete film-ranker 1")
    .action(
      context.action<ModelOptions>((terminal, options, names) => deleteVersion(terminal, options, names, context)),
    );
}

function collect(value: string, before: readonly string[]): string[] {
  return [...before, value];
}

import { posix } from "node:path";
import { parseDocument } from "yaml";

/** What a rule needs to know of the repository. */
export interface Surroundings {
  /** Whether a path from the repository's root exists. */
  readonly exists: (path: string) => boolean;
  readonly npmScripts: ReadonlySet<string>;
  readonly commands: ReadonlySet<string>;
  /** Errors of a policy, empty where it is good. */
  readonly policyErrors: (text: string) => readonly string[];
}

/** One Markdown file, its path from the repository's root. */
export interface Page {
  readonly path: string;
  readonly text: string;
}

/** A rule reads a page and returns what is wrong, one line each. */
type Rule = (page: Page, around: Surroundings) => readonly string[];

/** Top folders and root files whose names in code spans are taken as paths. */
const ROOTED = /^(src|docs|examples|scripts|bench|test|web|bin|\.ci)\/|^[A-Z]+\.md$|^(layers|package|knip)\.json$/;
/** A span with one of these is a pattern or a placeholder, not a path. */
const NOT_A_PATH = /[<>*{}…$\s]|\b(NAME|DIR|FILE|name)\b/;

const namedPathsExist: Rule = ({ path, text }, { exists }) => {
  const prose = withoutFences(text);
  const spans = [...prose.matchAll(/`([^`\n]+)`/g)].map(([, span = ""]) => span.replace(/[:#]\d+$/, ""));
  const links = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target.replace(/#.*$/, ""));
  const fromRoot = spans.filter((span) => ROOTED.test(span) && !NOT_A_PATH.test(span));
  const fromPage = links.filter((target) => target !== "" && !/^[a-z]+:/.test(target));
  return [
    ...fromRoot.filter((named) => !exists(named) && !exists(posix.join(posix.dirname(path), named))),
    ...fromPage.filter((named) => !exists(posix.join(posix.dirname(path), named))),
  ].map((named) => `${path}: names ${named}, which does not exist`);
};

const namedScriptsExist: Rule = ({ path, text }, { npmScripts }) =>
  [...text.matchAll(/\bnpm run (?:--?[\w=-]+ )*([\w:-]+)/g)]
    .map(([, script = ""]) => script)
    .filter((script) => !npmScripts.has(script))
    .map((script) => `${path}: names "npm run ${script}", which package.json does not have`);

const namedCommandsExist: Rule = ({ path, text }, { commands }) =>
  [
    ...text.matchAll(/(?:^|`|npx |-- )umpire ([a-z]+)\b/gm),
    ...text.matchAll(/npm run (?:--silent )?umpire -- ([a-z]+)/g),
  ]
    .map(([, command = ""]) => command)
    .filter((command) => !commands.has(command))
    .map((command) => `${path}: names "umpire ${command}", which is not a command`);

const yamlExamplesAreGood: Rule = ({ path, text }, { policyErrors }) =>
  [...text.matchAll(/^```ya?ml\n([\s\S]*?)^```/gm)].flatMap(([, example = ""]) => {
    const syntax = parseDocument(example).errors.map((error) => error.message.split("\n")[0] ?? "");
    const wholePolicy = /^task:/m.test(example) && /^models:/m.test(example);
    const errors = syntax.length > 0 || !wholePolicy ? syntax : policyErrors(example);
    return errors.map((error) => `${path}: yaml example: ${error}`);
  });

const rules: readonly Rule[] = [namedPathsExist, namedScriptsExist, namedCommandsExist, yamlExamplesAreGood];

/** Everything that is wrong with a page: paths, scripts and commands that do not exist, examples that do not parse. */
export function pageErrors(page: Page, around: Surroundings): readonly string[] {
  return [...new Set(rules.flatMap((rule) => rule(page, around)))];
}

function withoutFences(text: string): string {
  return text.replace(/^```[\s\S]*?^```/gm, "");
}

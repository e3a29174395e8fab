import type { Report } from "../../schemas/policy/parse-condition.ts";
import type { Path } from "../../schemas/yaml-source.ts";
import {
  type Environment,
  fillAddress,
  fillNames,
  hasWrittenCredentials,
  writtenSecretHeader,
} from "../../schemas/written-secrets.ts";

interface Reading {
  readonly environment: Environment;
  readonly report: Report;
}

const mend = ["write ${NAME}, from the environment"];
const asItStands = "holds a secret as it stands, and the file is kept with every verdict";

/** The address of a remote model with `${NAME}` filled in; reports one that is missing, or a secret that stands there. */
export function addressOf(url: string, path: Path, { environment, report }: Reading): string {
  const at = [...path, "url"];
  if (hasWrittenCredentials(url)) report({ path: at, message: asItStands, mend });
  return fillAddress(url, environment, (name) => report({ path: at, message: `${name} is not in the environment` }));
}

/** The same of its headers. */
export function headersOf(
  headers: Readonly<Record<string, string>>,
  path: Path,
  { environment, report }: Reading,
): Record<string, string> {
  const written = writtenSecretHeader(headers);
  if (written !== null) report({ path: [...path, "headers", written], message: asItStands, mend });
  const filled = ([name, value]: readonly [string, string]): [string, string] => [
    name,
    fillNames(value, environment, (variable) =>
      report({ path: [...path, "headers", name], message: `${variable} is not in the environment` }),
    ),
  ];
  return Object.fromEntries(Object.entries(headers).map(filled));
}

/**
 * Secrets are named in files, not written: policies go into the records of verdicts and runs, and what is registered is
 * shown to every viewer. `${NAME}` is filled in from the environment where it is used.
 */
export type Environment = Readonly<Record<string, string | undefined>>;

const NAMES = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

/** Names of parameters that hold secrets: `token`, `api_key`, `apikey`, `X-Amz-Signature`, `sig`. */
const SECRET_PARAMETER = /(^|[-_.]|api|access)(token|key|secret|password|passwd|pwd|sig|signature|auth|credential)s?$/i;
const SECRET_HEADER = /authorization|cookie|token|secret|password|key$/i;

/** True where a secret stands as it is. */
export function isWrittenSecret(secret: string): boolean {
  return !secret.includes("${");
}

export function isSecretParameter(name: string): boolean {
  return SECRET_PARAMETER.test(name);
}

/** True where an address has a user, a password or a token that is written out. */
export function hasWrittenCredentials(address: string): boolean {
  const user = /^\w+:\/\/([^/?#]*)@/.exec(address)?.[1];
  if (user !== undefined && isWrittenSecret(user)) return true;
  const [, query = ""] = /\?([^#]*)/.exec(address) ?? [];
  return [...new URLSearchParams(query)].some(([name, value]) => isSecretParameter(name) && isWrittenSecret(value));
}

/** The first header whose secret is written out; null where there is none. */
export function writtenSecretHeader(headers: Readonly<Record<string, string>>): string | null {
  const found = Object.entries(headers).find(([name, value]) => SECRET_HEADER.test(name) && isWrittenSecret(value));
  return found?.[0] ?? null;
}

/**
 * The text with each `${NAME}` filled in.
 * @param missing is told of names that the environment does not have, which become nothing
 * @param write how a value is put in
 */
export function fillNames(
  text: string,
  environment: Environment,
  missing: (name: string) => void,
  write: (value: string, name: string) => string = (value) => value,
): string {
  return text.replace(NAMES, (_whole, name: string) => {
    const value = environment[name];
    if (value !== undefined && value !== "") return write(value, name);
    missing(name);
    return "";
  });
}

/** An address with its names filled in: user and password as they are, whatever characters they hold. */
export function fillAddress(
  address: string,
  environment: Environment,
  missing: (name: string) => void,
  seen: (value: string, name: string) => void = () => undefined,
): string {
  const [, scheme = "", user = "", rest = address] = /^(\w+:\/\/)([^/?#]*@)(.*)$/s.exec(address) ?? [];
  const plain = (value: string, name: string): string => (seen(value, name), value);
  const encoded = (value: string, name: string): string => encodeURIComponent(plain(value, name));
  return `${scheme}${fillNames(user, environment, missing, encoded)}${fillNames(rest, environment, missing, plain)}`;
}

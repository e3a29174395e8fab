/**
 * True where a text that is kept holds a secret as it stands: policies go into the records of verdicts and runs, which
 * every viewer reads. ${NAME} is none: it is filled in from the environment when it is used.
 */
export function isWrittenSecret(secret: string): boolean {
  return !secret.includes("${");
}

/** True where an address has a password, or a user, that is written out. */
export function hasWrittenCredentials(address: string): boolean {
  const user = /^\w+:\/\/([^/?#]*)@/.exec(address)?.[1];
  return user !== undefined && isWrittenSecret(user);
}

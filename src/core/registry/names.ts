/** Why a name cannot be, as a sentence; null where it can. Names stand in addresses, file names and metrics. */
export function nameProblem(name: string): string | null {
  if (name.length === 0 || name.length > 128) return `a name has 1 to 128 characters, this one ${name.length}`;
  const wrong = /[^A-Za-z0-9._-]/.exec(name);
  if (wrong !== null) return `${JSON.stringify(wrong[0])} is not allowed; a name has letters, digits, ".", "_" and "-"`;
  if (!/^[A-Za-z0-9]/.test(name))
    return `it starts with ${JSON.stringify(name[0])}; a name starts with a letter or a digit`;
  return null;
}

export const NAME_PATTERN = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;
